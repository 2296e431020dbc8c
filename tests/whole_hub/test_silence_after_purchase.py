"""Silence: once the customer has done what a message is for, or asked for peace, nothing more goes
out, wherever it was waiting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.kernel.queue_message import QueueMessage
from hub.model.contact_history import NO_CONTACT_HISTORY
from hub.model.decision import Action
from tests import fakes
from tests.factories import NOON, an_event, later
from tests.in_memory import InMemoryHub

GOAL = {"goal": "order.completed", "expires": "7d"}


def a_template(name: str, **bodies: Mapping[str, str]) -> dict[str, Any]:
    said = {channel: {"en": body} for channel, body in bodies.items()}
    return {"template_id": name, "purpose": "marketing", "default_language": "en", **said}


def a_rule(rule_id: str, event: str, *then: Mapping[str, Any]) -> dict[str, Any]:
    words = {"strategy": "cart", "audience": "everybody", "status": "live"}
    return {"rule_id": rule_id, "event": event, "then": list(then), **words}


ALL_CHANNELS = a_rule(
    "left",
    "cart.abandoned",
    {"do": "send", "channel": "email", "template": "come-back", **GOAL},
    {"do": "send", "channel": "sms", "template": "come-back", **GOAL},
    {"do": "call", "queue": "sales", "template": "come-back", "reason": "cart", **GOAL},
    {"do": "wait", "for": "2h", "then": "cart.reminder_due"},
)
REMINDER = a_rule(
    "remind",
    "cart.reminder_due",
    {"do": "send", "channel": "push", "template": "come-back", **GOAL},
)
TEMPLATE = a_template(
    "come-back",
    email={"subject": "Your basket", "text": "It waits."},
    sms={"text": "Your basket waits."},
    push={"title": "Basket", "text": "It waits."},
    call={"script": "Ask about the basket."},
)


def a_snapshot(*rules: Mapping[str, Any], **policies: Mapping[str, Any]) -> dict[str, Any]:
    live = {name: {"policy_id": name, "status": "live", **row} for name, row in policies.items()}
    rows = {
        "rules": {rule["rule_id"]: rule for rule in rules},
        "templates": {"come-back": TEMPLATE},
        "policies": live,
    }
    return {"number": 1, "rows": rows, "running": {}}


YES = {"marketing": True, "service": True}


@dataclass
class SlowHub(InMemoryHub):
    """Actions lie in their queues until they are told to go."""

    snapshot: Mapping[str, Any] = field(default_factory=lambda: a_snapshot(ALL_CHANNELS, REMINDER))
    queued: list[Action] = field(default_factory=list)

    def hears(self, event_type: str, event_id: str, at: datetime = NOON, **said: Any) -> None:
        event = an_event(event_type, event_id, occurred_at=at, **said)
        self.decide([QueueMessage(id=event_id, body=event.to_dict())])
        self._work(1)

    def knows_ann(self) -> None:
        contact = {"email": "ann@example.com", "phone": "+442071838750", "push": "arn:app/1"}
        consent = dict.fromkeys(("email", "sms", "push", "call"), YES)
        place = {"time_zone": "Europe/London"}
        traits = {"contact": contact, "consent": consent, "place": place}
        self.identities.items["email#ann@example.com"] = "c-1"
        who = {"email": "ann@example.com"}
        self.hears("customer.updated", "ann", later(days=-1), traits=traits, identities=who)

    def leaves_a_basket(self) -> None:
        self.hears("cart.abandoned", "left", properties={"amount": 100, "currency": "GBP"})

    def buys(self, at: datetime) -> None:
        said = {"order": "o-1", "amount": 100, "currency": "GBP"}
        self.hears("order.completed", "bought", at, properties=said)

    def go(self, action: Action) -> None:
        channel = self.channels[action.channel]
        actor = CarryOutActions(channel, self.addressees, self.ledger, self.bus, self.clock)
        assert actor([QueueMessage(id=action.id, body=action.to_dict())]) == {}
        self._work(1)

    def go_all(self) -> None:
        while self.queued:
            self.go(self.queued.pop(0))

    def take(self, channel: str) -> Action:
        (found,) = (action for action in self.queued if action.channel == channel)
        self.queued.remove(found)
        return found

    @property
    def said(self) -> int:
        return len(self.mail.sent) + len(self.texts.sent) + len(self.pushes.sent)

    def _work(self, times: int) -> None:
        """All that was told and not yet heard."""
        before = getattr(self, "_heard", 0)
        outcomes = self._outcomes()
        self._heard = len(outcomes)
        for outcome in outcomes[before:]:
            self._normalize({"source": "segue.outcome", "detail": outcome})
        seen, self._decided = getattr(self, "_decided", 0), len(self.queue.events)
        for event in self.queue.events[seen:]:
            assert self.decide([QueueMessage(id=event.id, body=event.to_dict())]) == {}
        done, self._written = getattr(self, "_written", 0), len(self.customers.outboxes)
        self._dispatch(self.customers.outboxes[done:], times)
        if (self._heard, self._decided, self._written) != (before, seen, done):
            self._work(times)

    def _dispatch(self, outboxes: Any, times: int) -> None:
        topic = fakes.ActionTopic()
        places = (topic, self.schedule, self.decisions, self.bus, self.archive, self.queue)
        claiming = ClaimCapacity(self.capacity, self.ledger, self.clock)
        assert (
            DispatchDecisions(*places, claiming, ForgetIdentities(self.identities, self.conflicts))(
                outboxes
            )
            == {}
        )
        self.queued += topic.actions * times


def a_basket_left() -> SlowHub:
    hub = SlowHub()
    hub.knows_ann()
    hub.leaves_a_basket()
    assert {action.channel for action in hub.queued} == {"email", "sms", "call"}
    return hub


@settings(max_examples=40, deadline=None)
@given(st.permutations(["buy", "go", "go", "go", "remind"]))
def test_after_the_purchase_nothing_goes_out_whatever_was_on_its_way(order: list[str]) -> None:
    hub, bought = a_basket_left(), False
    for step in order:
        before = hub.said, len(hub.call_centre.tasks)
        if step == "buy":
            hub.buys(later(minutes=5))
            bought = True
        elif step == "remind":
            hub.clock.at = later(hours=2)
            hub.fire(next(iter(hub.schedule.timers)))
        elif hub.queued:
            hub.go(hub.queued.pop(0))
        if bought:
            assert hub.said == before[0]
    hub.go_all()
    assert hub.call_centre.tasks == {}
    assert ActionStatus.UNKNOWN not in {line.status for line in hub.ledger.lines.values()}


def test_without_a_purchase_all_of_it_goes_out() -> None:
    hub = a_basket_left()
    hub.go_all()
    hub.clock.at = later(hours=2)
    hub.fire(next(iter(hub.schedule.timers)))
    hub.go_all()
    assert (len(hub.mail.sent), len(hub.texts.sent), len(hub.pushes.sent)) == (1, 1, 1)
    assert len(hub.call_centre.tasks) == 1


def test_a_call_that_was_made_already_is_not_withdrawn() -> None:
    hub = a_basket_left()
    hub.go_all()
    call = next(iter(hub.call_centre.tasks))
    hub.hears("call.completed", "made", properties={"action_id": call, "outcome": "reached"})
    hub.buys(later(minutes=5))
    assert hub.queued == []


def test_a_consent_that_is_taken_back_stops_what_is_queued_and_takes_back_the_call() -> None:
    hub = a_basket_left()
    hub.go(hub.take("call"))
    no = {channel: {"marketing": False} for channel in ("sms", "call")}
    hub.hears("message.received", "stop", later(minutes=1), traits={"consent": no})
    hub.go_all()
    assert hub.texts.sent == []
    assert len(hub.mail.sent) == 1
    assert hub.call_centre.tasks == {}
    (text,) = (a for a in hub.ledger.actions.values() if a.channel == "sms")
    assert hub.ledger.lines[text.id].reason.startswith("no consent to marketing messages by sms")
    customer = hub.customers.read("c-1")
    assert customer
    assert customer.proofs["sms.marketing"].endswith("refused shop stop")


NIGHT = {"kind": "quiet_hours", "from": "21:00", "to": "08:00"}


def a_night(**given: Any) -> SlowHub:
    hub = SlowHub(a_snapshot(ALL_CHANNELS, REMINDER, night={**NIGHT, **given}))
    hub.knows_ann()
    hub.leaves_a_basket()
    hub.clock.at = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    return hub


def test_a_message_queued_into_the_night_goes_out_once_in_the_morning() -> None:
    hub = a_night()
    mail = hub.take("email")
    for _ in range(2):
        hub.go(mail)
    assert hub.mail.sent == []
    assert hub.ledger.lines[mail.id].status is ActionStatus.POSTPONED
    (timer,) = (timer for name, timer in hub.schedule.timers.items() if name.startswith(mail.id))
    assert timer.due_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    hub.queued.clear()
    hub.clock.at = timer.due_at
    hub.fire(timer.id, times=2)
    hub.go_all()
    assert [action_id for _, _, action_id in hub.mail.sent] == [mail.id]


def test_a_purchase_in_the_night_still_stops_the_message_in_the_morning() -> None:
    hub = a_night()
    mail = hub.take("email")
    hub.go(mail)
    hub.queued.clear()
    hub.buys(later(hours=11))
    hub.clock.at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    hub.fire(next(name for name in hub.schedule.timers if name.startswith(mail.id)))
    hub.go_all()
    assert hub.mail.sent == []


def test_quiet_hours_of_another_channel_hold_nothing_up() -> None:
    hub = a_night(channel="sms")
    hub.go(hub.take("email"))
    assert len(hub.mail.sent) == 1


def test_an_erased_customer_gets_no_message_and_no_data_of_them_stays() -> None:
    hub = a_basket_left()
    hub.go(hub.take("call"))
    who = {"email": "ann@example.com"}
    hub.hears("customer.erased", "forget", later(minutes=1), identities=who)
    hub.go_all()
    hub.clock.at = later(hours=2)
    hub.fire(next(iter(hub.schedule.timers)))
    hub.hears("page.viewed", "late", traits={"contact": {"email": "ann@example.com"}})
    hub.go_all()
    assert hub.said == 0
    assert hub.call_centre.tasks == {}
    assert hub.identities.items == {}
    stored = hub.customers.items["c-1"]
    assert "ann" not in stored
    assert "+44" not in stored
    late = [o.episode.to_dict() for o in hub.customers.outboxes if o.before.erased]
    assert "ann@example.com" not in str(late)


@pytest.mark.parametrize("first", ["postponed", "forgotten"])
def test_a_message_that_waits_for_the_morning_ends_if_its_customer_is_erased(first: str) -> None:
    hub = a_night()
    mail = hub.take("email")
    if first == "postponed":
        hub.go(mail)
    forget = an_event("customer.erased", "forget", occurred_at=later(hours=11))
    assert hub.decide([QueueMessage(id="forget", body=forget.to_dict())]) == {}
    if first == "forgotten":
        told = {"action": mail.to_dict(), "until": "2026-11-23T08:00:00.000Z"}
        hub.hears("action.postponed", "late", properties=told)
        hub.ledger.attempt(mail, hub.clock())
        hub.ledger.settle(mail, LedgerEntry(ActionStatus.POSTPONED, hub.clock()))
    hub.clock.at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    hub.fire(next(name for name in hub.schedule.timers if name.startswith(mail.id)))
    hub.go_all()
    assert hub.said == 0
    assert hub.ledger.lines[mail.id].status is ActionStatus.DECLINED
    late = [o.episode.to_dict() for o in hub.customers.outboxes if o.before.erased]
    assert "ann@example.com" not in str(late)


def test_an_erased_customer_dismisses_no_offer() -> None:
    hub = a_basket_left()
    hub.hears("customer.erased", "forget", later(minutes=1))
    hub.hears("offer.dismissed", "late", properties={"offer": "coffee"})
    tombstone = hub.customers.read("c-1")
    assert tombstone
    assert tombstone.contact_history == NO_CONTACT_HISTORY


def test_the_call_of_an_erased_customer_is_withdrawn_without_their_address() -> None:
    hub = a_basket_left()
    hub.go(hub.take("call"))
    hub.hears("customer.erased", "forget", later(minutes=1))
    (withdrawal,) = (a for a in hub.queued if a.id.endswith(".withdrawn"))
    assert "+44" not in str(withdrawal.to_dict())


def test_keys_named_in_the_request_for_erasure_are_erased_too() -> None:
    hub = a_basket_left()
    seen = an_event("page.viewed", "seen", identities={"device": "d1"})
    forget = an_event("customer.erased", "forget")
    hub.identities.items["device#d1"] = "c-1"
    assert hub.decide([QueueMessage(id=e.id, body=e.to_dict()) for e in (seen, forget)]) == {}
    hub._work(1)
    assert hub.identities.items == {}


@pytest.mark.parametrize("status", [405, 501])
def test_a_call_centre_that_withdraws_nothing_is_only_asked(status: int) -> None:
    class Stubborn(fakes.CallCentre):
        def withdraw(self, task: str) -> bool:  # noqa: ARG002 the port's shape
            return status < 400

    hub = SlowHub(call_centre=Stubborn())
    hub.knows_ann()
    hub.leaves_a_basket()
    hub.go_all()
    hub.buys(later(minutes=5))
    hub.go_all()
    told = [o["properties"] for o in hub._outcomes() if "withdraws" in o["properties"]]
    assert [one["withdrawn"] for one in told] == [False]
