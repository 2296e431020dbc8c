"""Laws of what one customer's item holds: whatever a sender sends, it can be stored, and a refusal,
an erasure and a purchase always find room."""

import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice, product
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.decisioning.steps.decide_events import DecideEvents
from hub.kernel.errors import OverLimit
from hub.kernel.money import CURRENCIES, MOST_AMOUNT
from hub.kernel.queue_message import QueueMessage
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.profile.adapters.customer_table import MOST_OUTBOX, size_in_bytes
from hub.profile.domain.event_essentials import LONGEST_ENTRY
from hub.profile.domain.profile_limits import HARD_LIMIT, MOST_STATE, STATE_LIMIT
from hub.profile.steps.attach_repeats import AttachRepeats
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests import fakes
from tests.factories import NOON, an_event
from tests.in_memory import InMemoryHub

EMPTY = Catalogue.from_snapshot({"number": 0, "rows": {}})
BATCH = 10
REFUSAL = {"consent": {"email": {"marketing": False}}}


class LimitedCustomers(fakes.Customers):
    """Refuses what the table refuses."""

    def write(self, customer: Customer, episode: Episode) -> None:
        if size_in_bytes(customer) > MOST_STATE:
            raise OverLimit("the state is too large")
        if len(orjson.dumps(episode.to_dict())) > MOST_OUTBOX:
            raise OverLimit("the outbox is too large")
        super().write(customer, episode)


class Victim:
    """A customer to whom events are sent in batches, as the queue hands them over."""

    def __init__(self) -> None:
        self.customers, self.parked = LimitedCustomers(), fakes.ParkedEvents()
        self.step = DecideEvents(
            self.customers,
            lambda: EMPTY,
            lambda _: NO_SURROUNDINGS,
            size_in_bytes,
            fakes.FixedClock(),
            InMemoryHub().merger,
            AttachRefusals(fakes.AddressRefusalStore()),
            AttachRepeats(fakes.EventMarks()),
            self.parked,
        )

    def send(self, events: Iterable[Event]) -> None:
        """No event may fail, for a failure ends among the dead letters."""
        left = iter(events)
        while batch := list(islice(left, BATCH)):
            messages = [QueueMessage(id=e.id, body=e.to_dict(), group="c-1") for e in batch]
            assert self.step(messages) == {}

    @property
    def stored(self) -> Customer:
        return self.customers.read("c-1") or Customer(customer_id="c-1")


def assert_room_is_left(victim: Victim) -> None:
    """A purchase is counted, a refusal holds and an erasure erases."""
    assert size_in_bytes(victim.stored) <= HARD_LIMIT
    at = NOON + timedelta(seconds=1)
    count = victim.stored.purchases.get("count", 0)
    spent = victim.stored.purchases.get("spent", {}).get("GBP", 0)
    sale = {"order": "last", "amount": 995, "currency": "GBP"}
    victim.send([an_event("order.completed", "sale", properties=sale, occurred_at=at)])
    assert victim.stored.purchases["count"] == count + 1
    assert victim.stored.purchases["spent"]["GBP"] == spent + 995
    victim.send([an_event("customer.updated", "no", traits=REFUSAL, occurred_at=at)])
    assert victim.stored.consent["email"]["marketing"] is False
    assert " refused shop no" in victim.stored.proofs["email.marketing"]
    assert size_in_bytes(victim.stored) <= HARD_LIMIT
    victim.send([an_event("customer.erased", "erasure", occurred_at=at)])
    assert victim.stored.erased
    assert not victim.stored.purchases


def codes() -> Sequence[str]:
    """3,800 names for currencies: those of ISO 4217 first."""
    made = ("".join(letters) for letters in product(string.ascii_uppercase, repeat=3))
    return [*sorted(CURRENCIES), *islice((c for c in made if c not in CURRENCIES), 3_800)][:3_800]


def an_order(number: int, currency: str, **given: Any) -> Event:
    return an_event(
        "order.completed",
        f"o-{number}",
        properties={"order": f"{number}", "amount": 100, "currency": currency},
        occurred_at=NOON - timedelta(days=number % 80, minutes=number % 60),
        received_at=NOON,
        **given,
    )


def test_a_customer_with_orders_in_3800_currencies_still_buys_refuses_and_is_erased() -> None:
    victim = Victim()
    victim.send(an_order(number, code) for number, code in enumerate(codes()))
    assert victim.stored.purchases["count"] == len(CURRENCIES)
    assert set(victim.stored.purchases["spent"]) == CURRENCIES
    assert len(victim.parked.items) == 3_800 - len(CURRENCIES)
    assert {field for _, field, _ in victim.parked.items.values()} == {"properties.currency"}
    assert_room_is_left(victim)


def test_a_refusal_in_the_batch_of_a_faulty_event_is_stored() -> None:
    victim = Victim()
    large = an_event("page.viewed", "large", properties={"text": "x" * MOST_OUTBOX})
    refusal = an_event("customer.updated", "no", traits=REFUSAL)
    victim.send([large, refusal, an_order(1, "???")])
    assert victim.stored.consent["email"]["marketing"] is False
    assert set(victim.parked.items) == {"large", "o-1"}
    assert victim.parked.items["large"][1:] == ("", "the outbox is too large")


def test_what_a_parked_event_refuses_is_stored_and_what_it_agrees_to_is_not() -> None:
    victim = Victim()
    said = {"consent": {"email": {"marketing": False, "service": True}, "sms": False}}
    stated_at = {"consent.email.marketing": "2026-11-20T09:00:00Z"}
    context = {"stated_at": stated_at, "since": "2020-01-01T00:00:00Z"}
    victim.send([an_order(1, "???", traits=said, context=context)])
    assert victim.stored.consent == {
        "email": {"marketing": False},
        "sms": {"marketing": False, "service": False},
    }
    proof = "2026-11-20T09:00:00.000Z refused segue o-1.refusal.c-1"
    assert victim.stored.proofs["email.marketing"] == proof
    assert set(victim.parked.items) == {"o-1"}
    assert "count" not in victim.stored.purchases


def test_a_purchase_that_is_too_large_counts_without_what_is_long() -> None:
    victim = Victim()
    lines = [{"item": f"{n}", "text": "x" * 100} for n in range(2_000)]
    sale = {"order": "1", "amount": 100, "currency": "EUR", "lines": lines, "note": "short"}
    traits = {**REFUSAL, "interests": {"much": "y" * 100}}
    victim.send([an_event("order.completed", properties=sale, traits=traits)])
    [record] = victim.customers.outboxes
    [event] = record.episode.events
    assert event.properties == {"order": "1", "amount": 100, "currency": "EUR", "note": "short"}
    assert event.context == {"shortened": True}
    assert victim.stored.purchases["spent"] == {"EUR": 100}
    assert victim.stored.consent["email"]["marketing"] is False
    assert victim.parked.items == {}


def test_an_erasure_that_is_too_large_erases() -> None:
    victim = Victim()
    victim.send([an_event("customer.erased", context={"why": "x" * MOST_OUTBOX})])
    assert victim.stored.erased


def test_parked_events_are_decided_once_they_fit() -> None:
    """As `segue parked replay` does: the event goes the same way again."""
    victim = Victim()
    victim.send([an_order(1, "EURO")])
    [(event, _, _)] = victim.parked.items.values()
    corrected = {**event.properties, "currency": "EUR"}
    victim.send([an_event(event.type, event.id, properties=corrected)])
    assert victim.stored.purchases["spent"] == {"EUR": 100}


@pytest.mark.parametrize("amount", [MOST_AMOUNT + 1, -MOST_AMOUNT - 1, 2**63 - 1])
def test_an_amount_that_no_sum_can_hold_is_parked(amount: int) -> None:
    victim = Victim()
    properties = {"amount": amount, "currency": "EUR"}
    victim.send([an_event("order.completed", f"o-{n}", properties=properties) for n in range(3)])
    assert {field for _, field, _ in victim.parked.items.values()} == {"properties.amount"}
    assert_room_is_left(victim)


def test_free_fields_give_way_before_what_rules_ask_for() -> None:
    victim = Victim()
    victim.send([an_order(1, "EUR")])
    victim.send(
        an_event("customer.updated", f"u-{n}", traits={"interests": {f"field_{n}": "x" * 1_500}})
        for n in range(40)
    )
    assert size_in_bytes(victim.stored) <= STATE_LIMIT
    assert victim.stored.activity["order.completed"]
    assert victim.stored.interests


names = st.one_of(
    st.sampled_from(["a", "email", "marketing", "first_name", "web", "street"]),
    st.text(max_size=20),
    st.integers(0, 9_999).map(lambda number: f"name_{number}"),
    st.integers(50, 3_000).map(lambda length: "n" * length),
)
texts = st.one_of(st.text(max_size=30), st.integers(0, 30_000).map(lambda length: "ü" * length))
values = st.one_of(
    texts, st.booleans(), st.none(), st.integers(-(2**60), 2**60), st.lists(texts, max_size=3)
)
many = st.tuples(st.integers(0, 400), st.text(string.ascii_letters, max_size=30)).map(
    lambda made: {f"{made[1]}{number}": made[1] * 3 for number in range(made[0])}
)
maps = st.one_of(st.dictionaries(names, values, max_size=4), many)
traits_given = st.dictionaries(
    st.sampled_from(["contact", "person", "place", "loyalty", "interests", "attitudes", "consent"]),
    maps,
    max_size=3,
)
event_types = st.one_of(
    st.sampled_from(["order.completed", "item.purchased", "order.refunded", "item.returned"]),
    st.sampled_from(["product.viewed", "offer.viewed", "offer.dismissed", "message.received"]),
    st.sampled_from(["payment.received", "search.performed", "email.failed", "survey.answered"]),
    st.integers(0, 500).map(lambda number: f"track.named_{number}"),
    st.integers(0, 500).map(lambda number: f"made.up_{number}"),
)


class Flood(tuple[Event, ...]):
    """Events that Hypothesis does not write out in full."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} times {str(self[0].to_dict())[:500]}"


@st.composite
def hostile_events(draw: st.DrawFn) -> Flood:
    """Some events, each of which comes many times with another id, name, day and currency."""
    numbers = draw(st.integers(1, 60))
    event_type, traits = draw(event_types), draw(traits_given)
    more = draw(maps)
    identities: Mapping[str, str] = draw(st.dictionaries(names, texts, max_size=3))
    currency = draw(st.sampled_from([*sorted(CURRENCIES), "", "eur", "XQQ", "x" * 1_000]))
    amount = draw(st.one_of(st.integers(0, 2**60), st.integers(0, 10_000)))
    prefix = draw(st.uuids()).hex
    channel = draw(names)
    return Flood(
        an_event(
            event_type,
            f"{prefix}-{number}",
            occurred_at=NOON - timedelta(days=number % 89, hours=number % 7),
            received_at=NOON,
            traits=traits,
            identities=identities,
            properties={
                **more,
                "order": f"{prefix}{number}",
                "line": f"{number}",
                "amount": amount,
                "currency": currency,
                "channel": f"{channel}{number}",
                "offer": f"{channel}{number}",
                "permanent": True,
            },
        )
        for number in range(numbers)
    )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(hostile_events(), min_size=1, max_size=5))
def test_after_any_events_there_is_room_for_a_purchase_a_refusal_and_an_erasure(
    groups: list[Flood],
) -> None:
    victim = Victim()
    for events in groups:
        victim.send(events)
    assert_room_is_left(victim)


def test_each_entry_that_is_kept_of_a_shortened_event_is_short() -> None:
    victim = Victim()
    properties = {f"p{n}": "x" * (LONGEST_ENTRY - 10) for n in range(5_000)}
    sale = {"order": "1", "amount": 100, "currency": "EUR", **properties}
    victim.send([an_event("order.completed", properties=sale)])
    assert victim.stored.purchases["spent"] == {"EUR": 100}
