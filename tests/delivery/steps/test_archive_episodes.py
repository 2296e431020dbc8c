"""Dispatch keeps every episode, and nobody waits for it."""

from collections.abc import Sequence

from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.kernel.errors import Unavailable
from hub.model.episode import RecordedEpisode
from tests import fakes
from tests.factories import a_customer
from tests.records import a_decision, an_action, an_episode


class Closed(fakes.Archive):
    def store(self, records: Sequence[RecordedEpisode]) -> None:
        raise Unavailable(f"no room for {len(records)}")


def a_record(name: str) -> RecordedEpisode:
    decision = a_decision(f"d-{name}", actions=(an_action(f"a-{name}"),))
    return RecordedEpisode(a_customer(version=1), an_episode(decision, version=1))


def dispatcher(topic: fakes.ActionTopic, archive: fakes.Archive) -> DispatchDecisions:
    claiming = ClaimCapacity(fakes.CapacityClaims(), fakes.ActionLedger(), fakes.FixedClock())
    places = (fakes.TimerSchedule(), fakes.Decisions(), fakes.Bus(), archive, fakes.CustomerQueue())
    return DispatchDecisions(
        topic, *places, claiming, ForgetIdentities(fakes.Identities(), fakes.KeyConflicts())
    )


def test_what_was_decided_is_archived_with_the_state_before() -> None:
    archive = fakes.Archive()
    assert dispatcher(fakes.ActionTopic(), archive)([a_record("1")]) == {}
    [kept] = archive.read_records(a_record("1").episode.decided_at.date())
    assert kept == a_record("1")


def test_what_cannot_be_archived_goes_out_all_the_same_and_is_tried_again() -> None:
    topic = fakes.ActionTopic()
    failures = dispatcher(topic, Closed())([a_record("1"), a_record("2")])
    assert [action.id for action in topic.actions] == ["a-1", "a-2"]
    assert {index: type(error) for index, error in failures.items()} == {
        0: Unavailable,
        1: Unavailable,
    }
