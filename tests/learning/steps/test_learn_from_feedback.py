"""Feedback is counted once, and not if it comes too late to be sure of that."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.steps.read_learned_counters import ReadLearnedCounters
from hub.kernel.errors import Rejected
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.learning.domain.decaying_counters import (
    Arm,
    CounterKey,
    CounterSnapshot,
    Decay,
    to_start_of_hour,
)
from hub.learning.domain.feedback import FEEDBACK_DEADLINE, FEEDBACK_RETENTION, Exposure, Feedback
from hub.learning.domain.propensity import Learner
from hub.learning.steps.learn_from_feedback import LearnFromFeedback
from hub.surroundings.domain.surroundings import Surroundings
from tests import fakes
from tests.factories import NOON

MENS = Arm("mens", "email")


@pytest.fixture
def learned() -> fakes.LearnedCounters:
    return fakes.LearnedCounters()


@pytest.fixture
def step(learned: fakes.LearnedCounters) -> LearnFromFeedback:
    return LearnFromFeedback(learned, fakes.FixedClock())


def trials(learned: fakes.LearnedCounters) -> float:
    return round(CounterSnapshot(learned.items, Decay(), NOON).read_arm(MENS).sum_bin().trials, 2)


def a_message(name: str = "m-1", *ids: str, ago: timedelta = timedelta(0)) -> QueueMessage:
    """A decision with an entry of each id, as it comes off the bus."""
    lessons = [Feedback(id_, Exposure(MENS, ("tier=gold",), NOON), 1).to_dict() for id_ in ids]
    decision = {"id": "d-1", "decided_at": to_iso(NOON - ago), "lessons": lessons}
    return QueueMessage(id=name, body={"source": "segue.decision", "detail": decision})


def test_a_batch_is_counted(step: LearnFromFeedback, learned: fakes.LearnedCounters) -> None:
    assert step([a_message("m-1", "a", "b"), a_message("m-2", "c")]) == {}
    assert trials(learned) == 3


def test_a_repeated_decision_is_not_counted_again(
    step: LearnFromFeedback, learned: fakes.LearnedCounters
) -> None:
    step([a_message("m-1", "a", "b")])
    step([a_message("m-2", "b", "a"), a_message("m-3", "a", "c")])
    assert trials(learned) == 3


def test_feedback_whose_marker_may_be_gone_is_refused_and_does_not_stop_others(
    step: LearnFromFeedback, learned: fakes.LearnedCounters
) -> None:
    late = a_message("m-1", "a", ago=FEEDBACK_DEADLINE + timedelta(seconds=1))
    failures = step([late, a_message("m-2", "b", ago=FEEDBACK_DEADLINE)])
    assert failures.keys() == {"m-1"}
    assert isinstance(failures["m-1"], Rejected)
    assert "28 days" in failures["m-1"].reason
    assert trials(learned) == 1


def test_a_marker_outlives_the_deadline_of_its_feedback() -> None:
    assert timedelta(days=14) < FEEDBACK_DEADLINE < FEEDBACK_RETENTION, (
        "SQS keeps a message 14 days"
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"detail": {}},
        {"detail": {"lessons": [], "decided_at": "soon"}},
        {"detail": {"lessons": [{"id": "a"}], "decided_at": to_iso(NOON)}},
        {"detail": {"lessons": 3, "decided_at": to_iso(NOON)}},
    ],
)
def test_a_message_without_feedback_is_refused(
    step: LearnFromFeedback, body: dict[str, Any]
) -> None:
    failures = step([QueueMessage(id="m-1", body=body), a_message("m-2", "a")])
    assert failures.keys() == {"m-1"}
    assert isinstance(failures["m-1"], Rejected)


class CountingReader:
    """Counters that count their reads."""

    def __init__(self, learned: fakes.LearnedCounters) -> None:
        self._learned, self.reads = learned, 0

    def read(self, keys: Collection[CounterKey]) -> dict[CounterKey, dict[str, int]]:
        self.reads += 1
        return self._learned.read(keys)


def a_catalogue(*offers: str) -> Catalogue:
    rows = {
        offer: {
            "offer_id": offer,
            "name": offer,
            "status": "live",
            "treatments": {"email": {"template": "letter"}},
        }
        for offer in offers
    }
    return Catalogue.from_snapshot({"number": 1, "rows": {"offers": rows}})


def test_the_counters_of_the_live_offers_are_read(
    step: LearnFromFeedback, learned: fakes.LearnedCounters
) -> None:
    step([a_message("m-1", "a", "b")])
    surroundings = Surroundings(
        learned=ReadLearnedCounters(learned)(a_catalogue("mens"), NOON),
        as_of=to_start_of_hour(NOON),
    )
    beliefs = surroundings.compute_beliefs(Learner())
    assert beliefs.counters.read_arm(MENS).sum_bin("tier=gold").trials == pytest.approx(2, rel=1e-3)
    assert beliefs.counters.list_arms() == [Arm("*", "email"), MENS]
    assert ReadLearnedCounters(learned)(a_catalogue(), NOON) == {}


def test_counters_are_read_once_a_minute_and_at_once_for_another_offer(
    learned: fakes.LearnedCounters,
) -> None:
    reader = CountingReader(learned)
    read_counters = ReadLearnedCounters(reader)
    for seconds in (0, 59):
        read_counters(a_catalogue("mens"), NOON + timedelta(seconds=seconds))
    assert reader.reads == 1
    read_counters(a_catalogue("mens", "womens"), NOON + timedelta(seconds=59))
    assert reader.reads == 2
    read_counters(a_catalogue("mens", "womens"), NOON + timedelta(seconds=119))
    assert reader.reads == 3
