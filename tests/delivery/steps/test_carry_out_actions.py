"""Whatever is repeated, cut off or refused: at most one effect per action, and its end is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any

import pytest

from hub.delivery.ports import ActionStatus, DeliveryResult, LedgerEntry
from hub.delivery.steps.carry_out_actions import ATTEMPT_TIMEOUT, CarryOutActions, LookUp
from hub.kernel.errors import HubError, Rejected, Unavailable, Uncertain, Unsettled
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.model.action_content import Message
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.quiet_hours import QuietPeriod
from tests import fakes
from tests.factories import NOON, a_customer, later
from tests.records import an_episode

ACTION = Action(
    id="a-1",
    channel="email",
    customer_id="c-1",
    decision_id="d-1",
    rule_id="welcome",
    strategy="welcome",
    state="",
    catalogue=1,
    decided_at=NOON,
    expires_at=later(days=1),
    correlation_id="k-1",
    hops=2,
    what=Message(template="welcome", purpose="marketing"),
    address="ann@example.com",
)


@dataclass
class Provider:
    """A channel that fails with each of `troubles` in turn and then works."""

    is_idempotent: bool = False
    troubles: list[HubError] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:  # noqa: ARG002 the port's shape
        if self.troubles:
            raise self.troubles.pop(0)
        self.done.append(action.id)
        return DeliveryResult(f"ref-{len(self.done)}", {"segments": 2})


@dataclass
class Scene:
    provider: Provider = field(default_factory=Provider)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    ledger: fakes.ActionLedger = field(default_factory=fakes.ActionLedger)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    clock: fakes.FixedClock = field(default_factory=fakes.FixedClock)
    look_up: LookUp | None = None

    def __post_init__(self) -> None:
        self.customers.write(a_customer(), an_episode())

    def deliver(self, action: Action = ACTION) -> Mapping[str, HubError]:
        places = self.customers, self.ledger, self.bus, self.clock
        actor = CarryOutActions(self.provider, *places, look_up=self.look_up)
        return actor([QueueMessage(id="m-1", body=action.to_dict())])

    @property
    def told(self) -> list[Any]:
        return [detail["type"] for kind, detail in self.bus.published if kind == "segue.outcome"]


def test_an_action_is_delivered_once_and_its_outcome_goes_to_the_bus() -> None:
    scene = Scene()
    assert scene.deliver() == {}
    assert scene.provider.done == ["a-1"]
    delivered = LedgerEntry(
        ActionStatus.DELIVERED, NOON, reference="ref-1", details={"segments": 2}
    )
    assert scene.ledger.lines["a-1"] == delivered
    ((kind, outcome),) = scene.bus.published
    assert (kind, outcome["type"], outcome["hops"]) == ("segue.outcome", "action.delivered", 3)
    assert outcome["properties"] == {
        "action_id": "a-1",
        "channel": "email",
        "rule_id": "welcome",
        "strategy": "welcome",
        "template": "welcome",
        "purpose": "marketing",
        "reference": "ref-1",
        "segments": 2,
    }
    assert outcome["context"]["trace"] == {
        "action_id": "a-1",
        "customer_id": "c-1",
        "decision_id": "d-1",
        "decided_at": to_iso(NOON),
        "channel": "email",
        "rule_id": "welcome",
        "strategy": "welcome",
    }


def test_a_redelivered_action_is_not_done_again_but_told_again() -> None:
    scene = Scene()
    for _ in range(3):
        assert scene.deliver() == {}
    assert scene.provider.done == ["a-1"]
    assert scene.told == ["action.delivered"] * 3
    assert all(detail == scene.bus.published[0][1] for _, detail in scene.bus.published)


def test_a_provider_that_is_down_is_tried_again_later() -> None:
    scene = Scene(Provider(troubles=[Unavailable("throttled")]))
    assert isinstance(scene.deliver()["m-1"], Unavailable)
    assert scene.ledger.lines["a-1"].status is ActionStatus.POSTPONED
    assert scene.deliver() == {}
    assert scene.provider.done == ["a-1"]


def test_a_call_cut_off_in_the_middle_is_unknown_and_never_repeated() -> None:
    scene = Scene(Provider(troubles=[Uncertain("timed out")]))
    assert scene.deliver() == {}
    assert scene.deliver() == {}
    assert scene.provider.done == []
    assert scene.told == ["action.unknown"] * 2


def test_an_attempt_that_died_before_its_end_was_noted_is_unknown() -> None:
    scene = Scene()
    scene.ledger.attempt(ACTION, NOON)
    scene.clock.passes(seconds=ATTEMPT_TIMEOUT.total_seconds() + 1)
    assert scene.deliver() == {}
    assert scene.provider.done == []
    assert scene.ledger.lines["a-1"].status is ActionStatus.UNKNOWN


def test_an_attempt_still_under_way_is_left_alone() -> None:
    scene = Scene()
    scene.ledger.attempt(ACTION, NOON)
    assert isinstance(scene.deliver()["m-1"], Unavailable)
    assert scene.provider.done == []


def test_a_keyed_provider_is_simply_asked_again_after_a_cut() -> None:
    scene = Scene(Provider(is_idempotent=True))
    scene.ledger.attempt(ACTION, NOON)
    assert scene.deliver() == {}
    assert scene.ledger.lines["a-1"].status is ActionStatus.DELIVERED


CLOSED = replace(ACTION, stop="they bought it meanwhile")
"""The last look stops it."""


@dataclass
class SlowProvider(Provider):
    """A provider that recognises a repeat, and does not answer the first time."""

    is_idempotent: bool = True
    troubles: list[HubError] = field(default_factory=lambda: [Unsettled("timed out")])


def test_an_attempt_that_was_cut_off_is_unknown_and_not_declined_if_the_last_look_stops_it() -> (
    None
):
    scene = Scene(Provider(is_idempotent=True))
    scene.ledger.attempt(ACTION, NOON)
    assert isinstance(scene.deliver(CLOSED)["m-1"], Unavailable)
    scene.clock.passes(seconds=ATTEMPT_TIMEOUT.total_seconds() + 1)
    assert scene.deliver(CLOSED) == {}
    assert (scene.provider.done, scene.told) == ([], ["action.unknown"])


def test_an_attempt_without_an_answer_is_repeated_while_the_last_look_allows_it() -> None:
    scene = Scene(SlowProvider())
    assert isinstance(scene.deliver()["m-1"], Unsettled)
    assert scene.ledger.lines["a-1"].status is ActionStatus.ATTEMPTED
    assert scene.deliver() == {}
    assert (scene.provider.done, scene.told) == (["a-1"], ["action.delivered"])


def test_an_attempt_without_an_answer_is_unknown_once_the_last_look_stops_it() -> None:
    scene = Scene(SlowProvider())
    scene.deliver()
    assert scene.deliver(CLOSED) == {}
    assert (scene.provider.done, scene.told) == ([], ["action.unknown"])


def test_a_repeat_that_has_no_effect_says_nothing_of_the_attempt_before_it() -> None:
    """The first may have gone out. Then the provider is down, and then the last look stops it."""
    scene = Scene(SlowProvider(troubles=[Unsettled("timed out"), Unavailable("down")]))
    scene.deliver()
    assert isinstance(scene.deliver()["m-1"], Unavailable)
    assert scene.ledger.lines["a-1"].status is ActionStatus.ATTEMPTED
    assert scene.deliver(CLOSED) == {}
    assert scene.told == ["action.unknown"]


NIGHT = replace(ACTION, quiet=(QuietPeriod(time(11), time(13)),))


@pytest.mark.parametrize("stopped", [CLOSED, NIGHT])
@pytest.mark.parametrize("is_at_provider", [True, False])
def test_a_provider_that_can_be_asked_says_what_became_of_an_attempt_that_was_cut_off(
    stopped: Action, is_at_provider: bool
) -> None:
    scene = Scene()
    scene.look_up = lambda *_: DeliveryResult("ref-7") if is_at_provider else None
    scene.ledger.attempt(ACTION, NOON)
    scene.clock.passes(seconds=ATTEMPT_TIMEOUT.total_seconds() + 1)
    assert scene.deliver(stopped) == {}
    assert scene.provider.done == []
    not_sent = "action.declined" if stopped is CLOSED else "action.postponed"
    assert scene.told == ["action.delivered" if is_at_provider else not_sent]


def test_a_message_that_expires_in_the_quiet_hours_is_declined_and_does_not_wait() -> None:
    scene = Scene()
    scene.deliver(replace(NIGHT, expires_at=later(hours=1)))
    assert scene.told == ["action.declined"]


def test_what_a_provider_never_takes_is_a_failure_with_its_reason() -> None:
    scene = Scene(Provider(troubles=[Rejected("no such address")]))
    assert isinstance(scene.deliver()["m-1"], Rejected)
    assert scene.ledger.lines["a-1"].reason == "no such address"


def test_a_customer_who_withdrew_consent_meanwhile_hears_nothing() -> None:
    scene = Scene()
    scene.customers.write(replace(a_customer(consent=False), version=1), an_episode())
    assert scene.deliver() == {}
    assert scene.provider.done == []
    assert scene.told == ["action.declined"]
    assert "no consent" in scene.ledger.lines["a-1"].reason


@pytest.mark.parametrize("gone", [later(days=1, seconds=1), later(days=30)])
def test_an_expired_action_is_declined(gone: Any) -> None:
    scene = Scene()
    scene.clock.passes(seconds=(gone - NOON) / timedelta(seconds=1))
    scene.deliver()
    assert scene.told == ["action.declined"]


def test_an_outcome_the_bus_refuses_is_reported_at_the_next_delivery() -> None:
    scene = Scene()
    too_large = replace(ACTION, what=Message(template="x" * 300_000, purpose="marketing"))
    assert isinstance(scene.deliver(too_large)["m-1"], Unavailable)
    assert scene.provider.done == ["a-1"]
    assert isinstance(scene.deliver(too_large)["m-1"], Unavailable)
    assert scene.provider.done == ["a-1"]
