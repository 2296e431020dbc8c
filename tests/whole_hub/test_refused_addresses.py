"""A STOP, a complaint or a failure is of the address: it holds for every customer who has it."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.contact_details.address_key import normalize_address
from hub.kernel.errors import Unavailable
from hub.model.addresses import find_addresses
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from tests.catalogues import a_rule, a_template
from tests.factories import an_event
from tests.in_memory import InMemoryHub

SAMPLES = Path(__file__).parents[2] / "schemas" / "sources"
PHONES = ("+442079460101", "+442079460102")
MAILS = ("family@example.com", "bob@example.com")
VISIT = {"sms": "page.viewed", "email": "store.visited"}
RULES = [
    a_rule(f"sale-{channel}", {"do": "send", "template": "letter", "channel": channel}, event=event)
    for channel, event in VISIT.items()
]


def a_catalogue() -> dict[str, Any]:
    rules = {rule["rule_id"]: rule for rule in RULES}
    return {"number": 1, "rows": {"rules": rules, "templates": {"letter": a_template()}}}


def load_sample(source: str, name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((SAMPLES / source / "samples" / name).read_text())
    return sample


@dataclass
class Household(InMemoryHub):
    """People who sign up with a loyalty card, and share telephones and mailboxes."""

    snapshot: dict[str, Any] = field(default_factory=a_catalogue)
    count: int = 0

    def come(
        self, event_type: str, identities: dict[str, str], ago: timedelta = timedelta(), **said: Any
    ) -> Event:
        self.count += 1
        self.clock.passes(minutes=1)
        event = an_event(
            event_type,
            f"e-{self.count}",
            occurred_at=self.clock() - ago,
            received_at=self.clock(),
            customer_id="",
            identities=identities,
            **said,
        )
        self._normalize({"source": "segue.outcome", "detail": event.to_dict()})
        self._work(1)
        return event

    def sign_up(self, card: str, phone: str = PHONES[0], mail: str = MAILS[0]) -> None:
        contact = {"phone": phone, "email": mail}
        consent = {channel: {"marketing": True, "service": True} for channel in VISIT}
        traits = {"contact": contact, "consent": consent}
        self.come("customer.signed_up", {"loyalty": card, **contact}, traits=traits)

    def visit(self, channel: str, *cards: str) -> list[str]:
        """Returns the addresses that got a message."""
        before = len(self.sent(channel))
        for card in cards:
            self.come(VISIT[channel], {"loyalty": card})
        return self.sent(channel)[before:]

    def sent(self, channel: str) -> list[str]:
        return [message[0] for message in (self.texts if channel == "sms" else self.mail).sent]

    def receive(self, source: str, payload: dict[str, Any]) -> None:
        self.count += 1
        self.clock.passes(minutes=1)
        name = f"{source}-{self.count}"
        self.push(
            InboundPayload(
                id=name,
                source=source,
                received_at=self.clock(),
                correlation_id=name,
                payload=payload,
            )
        )
        assert self.parked.items == {}

    def forget_attempt(self) -> Action:
        """Takes the only action out of the ledger, as if it were still in its queue."""
        ((name, action),) = self.ledger.actions.items()
        del self.ledger.actions[name], self.ledger.lines[name]
        return action

    def find_owner(self, key: str) -> Customer | None:
        owner = self.identities.find_owners([key]).get(key)
        return self.customers.read(owner) if owner else None

    def list_gates(self) -> list[str]:
        """The reasons for which the last decision sent nothing."""
        choices = self.customers.decided[-1].receipt["choices"]
        return [choice["gate"] for choice in choices if "gate" in choice]


@pytest.fixture
def family() -> Household:
    """Ann and Bob, with one telephone and one mailbox."""
    family = Household()
    family.sign_up("L1")
    family.sign_up("L2")
    return family


def a_stop(phone: str) -> dict[str, Any]:
    return {**load_sample("sms_replies", "stop.json"), "originationNumber": phone}


def a_complaint(at: datetime, mail: str, message: str) -> dict[str, Any]:
    payload = load_sample("ses", "complaint.json")
    payload["complaint"]["timestamp"] = at.isoformat()
    payload["complaint"]["complainedRecipients"][0]["emailAddress"] = mail
    payload["mail"] |= {"destination": [mail], "messageId": message, "tags": {}}
    return payload


def test_the_stop_of_a_shared_telephone_silences_it_for_everybody(family: Household) -> None:
    assert family.visit("sms", "L1", "L2") == [PHONES[0]] * 2
    family.receive("sms_replies", a_stop(PHONES[0]))
    assert family.visit("sms", "L1", "L2") == []
    assert family.list_gates()[0].startswith("the address refused marketing on sms at 2026-")
    assert family.visit("email", "L1", "L2") == [MAILS[0]] * 2


def test_whoever_signs_up_later_with_a_refused_number_gets_nothing(family: Household) -> None:
    family.receive("sms_replies", a_stop(PHONES[0]))
    family.sign_up("L3")
    assert family.visit("sms", "L3") == []
    family.sign_up("L4", phone=PHONES[1])
    assert family.visit("sms", "L4") == [PHONES[1]]


def test_a_start_opens_the_number_again_and_another_persons_consent_does_not(
    family: Household,
) -> None:
    family.receive("sms_replies", a_stop(PHONES[0]))
    family.sign_up("L2")
    assert family.visit("sms", "L1", "L2") == []
    start = load_sample("sms_replies", "start.json")
    family.receive("sms_replies", {**start, "originationNumber": PHONES[0]})
    assert family.visit("sms", "L1", "L2") == [PHONES[0]] * 2


def test_a_complaint_about_one_persons_mail_silences_the_mailbox(family: Household) -> None:
    assert family.visit("email", "L1", "L2") == [MAILS[0]] * 2
    references = {action.customer_id: name for name, action in family.ledger.actions.items()}
    owner = family.find_owner(f"email#{MAILS[0]}")
    assert owner
    (other,) = references.keys() - {owner.customer_id}
    message = family.ledger.lines[references[other]].reference
    family.receive("ses", a_complaint(family.clock(), MAILS[0], message))
    assert family.visit("email", "L1", "L2") == []
    for customer_id in (owner.customer_id, other):
        customer = family.customers.read(customer_id)
        assert customer
        assert customer.consent["email"]["marketing"] is False


def test_a_complaint_from_another_mailbox_refuses_for_whom_the_message_was(
    family: Household,
) -> None:
    family.visit("email", "L2")
    (action,) = family.ledger.actions.values()
    message = family.ledger.lines[action.id].reference
    family.receive("ses", a_complaint(family.clock(), "forwarded@example.com", message))
    assert family.visit("email", "L2") == []
    assert family.visit("email", "L1") == [MAILS[0]]


def test_an_address_that_failed_for_good_is_silent_until_something_arrives(
    family: Household,
) -> None:
    family.come("email.failed", {"email": MAILS[0]}, properties={"permanent": True})
    assert family.visit("email", "L1", "L2") == []
    family.come("email.opened", {"email": MAILS[0]})
    assert family.visit("email", "L1", "L2") == [MAILS[0]] * 2


def test_a_stop_between_the_decision_and_the_sending_stops_the_text(family: Household) -> None:
    family.visit("sms", "L1")
    action = family.forget_attempt()
    family.receive("sms_replies", a_stop(PHONES[0]))
    before = family.sent("sms")
    family.carry_out(action)
    assert family.sent("sms") == before
    entry = family.ledger.lines[action.id]
    assert entry.status == "declined"
    assert entry.reason.startswith("the address refused marketing on sms")


def test_while_nobody_knows_what_addresses_refused_nothing_is_decided_or_sent(
    family: Household,
) -> None:
    family.visit("sms", "L1")
    action = family.forget_attempt()
    family.refusals.outage = Unavailable("no table")
    before, decided = family.sent("sms"), len(family.customers.decided)
    with pytest.raises(AssertionError):
        family.carry_out(action)
    with pytest.raises(AssertionError):
        family.visit("sms", "L2")
    assert (family.sent("sms"), len(family.customers.decided)) == (before, decided)


def test_an_erasure_leaves_what_the_address_refused(family: Household) -> None:
    family.receive("sms_replies", a_stop(PHONES[0]))
    family.come("customer.erased", {"loyalty": "L1"})
    family.sign_up("L1")
    assert family.visit("sms", "L1") == []


WORDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "stop": ("sms", "message.received", {"properties": {"channel": "sms", "asks": "STOP"}}),
    "start": ("sms", "message.received", {"properties": {"channel": "sms", "asks": "START"}}),
    "complaint": ("email", "email.complained", {}),
    "consent": (
        "email",
        "customer.updated",
        {"traits": {"consent": {"email": {"marketing": True}}}},
    ),
    "refusal": (
        "email",
        "email.unsubscribed",
        {"traits": {"consent": {"email": {"marketing": False}}}},
    ),
    "failure": ("email", "email.failed", {"properties": {"permanent": True}}),
    "arrival": ("email", "email.delivered", {}),
}
AGREEING = {"start", "consent"}
ADDRESSES = {"sms": PHONES, "email": MAILS}
_card, _number = st.sampled_from(["L1", "L2", "L3"]), st.integers(0, 1)
_late = st.sampled_from([0, 0, 1, 3])
_signing_up = st.tuples(st.just("sign up"), _card, _number, _number)
_visiting = st.tuples(st.just("visit"), _card, st.sampled_from(["sms", "email"]), st.just(0))
_speaking = st.tuples(st.just("word"), st.sampled_from(sorted(WORDS)), _number, _late)
_steps = st.lists(st.one_of(_signing_up, _visiting, _speaking), min_size=4, max_size=25)


@dataclass
class Witness:
    """What addresses said, told apart from the hub: the latest word of each holds."""

    words: dict[tuple[str, str], tuple[datetime, bool]] = field(default_factory=dict)
    failures: dict[str, bool] = field(default_factory=dict)

    def hear(self, word: str, channel: str, address: str, at: datetime) -> None:
        if word in {"failure", "arrival", "complaint", "refusal"} and channel == "email":
            self.failures[address] = word == "failure"
        if word not in {"failure", "arrival"}:
            latest = self.words.get((channel, address))
            refuses = word not in AGREEING
            self.words[channel, address] = max(latest, (at, refuses)) if latest else (at, refuses)

    def is_silent(self, channel: str, address: str) -> bool:
        _, refused = self.words.get((channel, address), (None, False))
        return refused or (channel == "email" and self.failures.get(address, False))


@given(_steps)
def test_nothing_goes_to_an_address_whose_last_word_is_a_refusal(
    steps: list[tuple[Any, ...]],
) -> None:
    """And everybody else gets what they agreed to, at their best address that did not refuse."""
    hub, witness = Household(), Witness()
    for step, what, which, more in steps:
        before = {channel: len(hub.sent(channel)) for channel in VISIT}
        decided_before = len(hub.customers.decided)
        expected: list[str] = []
        channel = ""
        if step == "sign up":
            hub.sign_up(what, PHONES[which], MAILS[more])
        elif step == "word":
            channel, event_type, said = WORDS[what]
            address = ADDRESSES[channel][which]
            ago = timedelta(minutes=0 if what in {"failure", "arrival"} else more)
            identities = {{"sms": "phone"}.get(channel, channel): address}
            event = hub.come(event_type, identities, ago, **said)
            witness.hear(what, channel, address, event.occurred_at)
        else:
            channel = which
            hub.visit(channel, what)
            expected = _expect(hub.find_owner(f"loyalty#{what}"), channel, witness)
        for name in VISIT:
            new = hub.sent(name)[before[name] :]
            assert new == (expected if name == channel else [])
        decided = hub.customers.decided[decided_before:]
        assert [action.address for each in decided for action in each.actions] == expected


def _expect(customer: Customer | None, channel: str, witness: Witness) -> list[str]:
    if customer is None or customer.consent.get(channel, {}).get("marketing") is not True:
        return []
    addresses = find_addresses(customer, channel)
    open_ones = [a for a in addresses if not witness.is_silent(channel, normalize_address(a))]
    return open_ones[:1]
