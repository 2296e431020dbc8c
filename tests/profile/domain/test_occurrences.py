"""One order, line, refund or payment counts once, under however many event ids it comes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.merge_profiles import merge_profiles
from hub.identity.domain.unmerge_profiles import apply_events, unmerge_profiles
from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.business_key import find_business_key
from hub.profile.domain.occurrences import MOST_KEYS, is_told_again, read_occurrences
from tests.factories import NOON, an_event

TODAY = NOON.date()
SOLD, BACK = ("order.completed", "item.purchased"), ("order.refunded", "item.returned")


def after(*events: Event, customer: Customer | None = None) -> Customer:
    return apply_events(customer or Customer(customer_id="c-1"), events, NOON)


def an_order(name: str = "o-1", event_id: str = "e-1", amount: int = 100, ago: int = 0) -> Event:
    said = {"order": name, "amount": amount, "currency": "GBP"}
    when = NOON - timedelta(days=ago)
    return an_event("order.completed", event_id, occurred_at=when, properties=said)


@dataclass(frozen=True)
class Word:
    """One event about a thing: `key` is what the business calls it, and `order` what it is of."""

    event: Event
    key: str
    order: str


def words_about(
    draw: st.DrawFn, number: int, kind: str, order: str, currency: str
) -> Iterable[Word]:
    said: dict[str, Any] = {"currency": currency}
    key = f"{kind} {number}"
    if kind == "order.completed":
        said["order"], key = order, f"{kind} {order}"
    elif kind == "keyed line":
        said |= {"order": order, "line": str(number)}
    elif kind == "line of an order":
        said["order"] = order
    elif kind == "refund":
        said |= {"order": order, "refund": f"r-{number}"}
    elif kind == "returned line":
        said |= {"order": order, "refund": f"r-{number}", "line": "1"}
    elif kind == "payment.received":
        said["payment"] = f"p-{number}"
    types = {"refund": "order.refunded", "returned line": "item.returned"}
    event_type = types.get(kind, kind if "." in kind else "item.purchased")
    is_keyed = kind not in ("line of an order", "line of a receipt")
    for time in range(draw(st.integers(1, 3)) if is_keyed else 1):
        when = NOON - timedelta(days=draw(st.integers(0, 6)), minutes=number)
        event = an_event(
            event_type,
            f"{kind} {number} {time}",
            occurred_at=when,
            properties={**said, "amount": draw(st.integers(1, 500))},
        )
        yield Word(event, key, order if event_type in SOLD and "receipt" not in kind else "")


@st.composite
def stories(draw: st.DrawFn) -> list[Word]:
    """Things that happened, each told up to three times under other ids, at other times and with
    other amounts. An order has one currency, the same as its lines."""
    kinds = (
        *("order.completed", "keyed line", "line of an order", "line of a receipt"),
        *("refund", "returned line", "payment.received"),
    )
    words: list[Word] = []
    for number in range(draw(st.integers(0, 7))):
        order = draw(st.sampled_from(["o-1", "o-2"]))
        kind = draw(st.sampled_from(kinds))
        words += words_about(draw, number, kind, order, "GBP" if order == "o-1" else "EUR")
    return words


@dataclass(frozen=True)
class Fact:
    event_type: str
    at: datetime
    amount: int
    currency: str
    order: str

    @property
    def day(self) -> date:
        return self.at.date()


def facts_of(words: Iterable[Word]) -> list[Fact]:
    """Each thing once: on its earliest day and with its greatest amount."""
    by_key: defaultdict[str, list[Word]] = defaultdict(list)
    for word in words:
        by_key[word.key].append(word)
    return [
        Fact(
            told[0].event.type,
            min(word.event.occurred_at for word in told),
            max(word.event.properties["amount"] for word in told),
            told[0].event.properties["currency"],
            told[0].order,
        )
        for told in by_key.values()
    ]


def totals_of(words: Iterable[Word], through: date = date.max) -> dict[str, Any]:
    """The oracle: it remembers everything. An order that is told whole is that order only."""
    facts = facts_of(words)
    first_day: dict[str, date] = {}
    for fact in facts:
        first_day[fact.order] = min(fact.day, first_day.get(fact.order, fact.day))
    whole = {fact.order for fact in facts if fact.event_type == "order.completed"}
    sums: dict[str, Any] = {"count": 0, "returns": 0, "spent": Counter(), "returned": Counter()}
    for fact in facts:
        is_line = fact.event_type == "item.purchased"
        if is_line and fact.order and fact.order in whole:
            continue
        day = first_day[fact.order] if fact.event_type == "order.completed" else fact.day
        if day > through or fact.event_type not in SOLD + BACK:
            continue
        count, money = ("count", "spent") if fact.event_type in SOLD else ("returns", "returned")
        sums[count] += 1
        sums[money][fact.currency] += fact.amount
    return {**sums, "spent": dict(sums["spent"]), "returned": dict(sums["returned"])}


def totals(customer: Customer) -> dict[str, Any]:
    nothing: dict[str, Any] = {"count": 0, "spent": {}, "returns": 0, "returned": {}}
    return {name: customer.purchases.get(name, empty) for name, empty in nothing.items()}


def days_of(words: Iterable[Word]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `count` and `sum` of conditions have to read."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sums: defaultdict[str, defaultdict[str, Counter[str]]]
    sums = defaultdict(lambda: defaultdict(Counter))
    for fact in facts_of(words):
        counts[fact.event_type][fact.day.isoformat()] += 1
        sums[fact.event_type][fact.day.isoformat()][fact.currency] += fact.amount
    return dict(counts), dict(sums)


def days_by_date(series: Sequence[int]) -> Counter[str]:
    first = date(1970, 1, 1) + timedelta(days=series[0])
    numbers = enumerate(series[1:])
    return +Counter({(first + timedelta(days=n)).isoformat(): number for n, number in numbers})


def counted(customer: Customer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The activity of the customer, as `days_of` tells it."""
    sums: defaultdict[str, defaultdict[str, Counter[str]]]
    sums = defaultdict(lambda: defaultdict(Counter))
    for name, by_currency in customer.amounts.items():
        for currency, series in by_currency.items():
            for day, amount in days_by_date(series).items():
                sums[name][day][currency] += amount
    return {name: days_by_date(days) for name, days in customer.activity.items()}, dict(sums)


def times_of(words: Iterable[Word]) -> dict[str, tuple[int, ...]]:
    by_type: defaultdict[str, list[int]] = defaultdict(list)
    for fact in facts_of(words):
        by_type[fact.event_type].append(to_milliseconds(fact.at))
    return {name: tuple(sorted(times, reverse=True)) for name, times in by_type.items()}


@given(st.data(), stories(), st.lists(st.integers(0, 6), max_size=3))
def test_in_any_order_and_under_any_ids_each_thing_counts_once(
    data: st.DataObject, story: list[Word], batches: list[int]
) -> None:
    rows = [a_row_of(story, ago, f"b-{n}") for n, ago in enumerate(batches)]
    told = data.draw(st.permutations([*(word.event for word in story), *rows]))
    customer = after(*told)
    assert totals(customer) == totals_of(story)
    assert counted(customer) == days_of(story)
    assert customer.recent == times_of(story)


@given(st.data(), stories(), st.lists(st.integers(0, 6), max_size=2), st.integers(0, 12))
def test_two_who_are_merged_have_each_thing_once(
    data: st.DataObject, story: list[Word], batches: list[int], merged_after: int
) -> None:
    """Whatever either was told of before, and even if both were told of the same."""
    rows = [a_row_of(story, ago, f"b-{n}") for n, ago in enumerate(batches)]
    told = data.draw(st.permutations([*(word.event for word in story), *rows]))
    early, late = told[:merged_after], told[merged_after:]
    hers = [data.draw(st.booleans()) for _ in early]
    ann = after(*(event for event, is_hers in zip(early, hers, strict=True) if is_hers))
    bob = after(*(event for event, is_hers in zip(early, hers, strict=True) if not is_hers))
    customer = after(*late, customer=merge_profiles(ann, bob, {}))
    assert totals(customer) == totals_of(story)
    assert counted(customer) == days_of(story)
    assert customer.recent == times_of(story)
    assert customer.business_keys == after(*told).business_keys


@given(stories(), stories(), stories())
def test_of_three_it_does_not_matter_who_is_merged_first(
    ann: list[Word], bob: list[Word], cid: list[Word]
) -> None:
    one, two, three = (
        replace(after(*(word.event for word in story)), customer_id=name)
        for name, story in (("c-1", ann), ("c-2", bob), ("c-3", cid))
    )
    left = merge_profiles(merge_profiles(one, two, {}), three, {})
    right = merge_profiles(one, merge_profiles(two, three, {}), {})
    assert (left.purchases, left.activity, left.amounts) == (
        right.purchases,
        right.activity,
        right.amounts,
    )
    assert left.business_keys == right.business_keys


@given(stories())
def test_who_is_unmerged_knows_what_came_since(story: list[Word]) -> None:
    ann, bob = after(an_order("o-9", "old")), Customer(customer_id="c-2")
    both = merge_profiles(ann, bob, {})
    current = after(*(word.event for word in story), customer=both)
    survivor, absorbed = unmerge_profiles((ann, bob, both), current, ((), ()), NOON)
    assert survivor.business_keys == current.business_keys
    assert totals(survivor) == totals(current)
    assert absorbed.business_keys == {}


def a_row_of(story: Sequence[Word], ago: int, name: str) -> Event:
    """What the mart tells once it has all of the days up to then."""
    through = TODAY - timedelta(days=ago)
    said = {"key": "crm#1", "through": through.isoformat(), **totals_of(story, through)}
    return an_event("mart.loaded", name, properties=said)


@given(st.integers(0, 120), st.integers(0, 120))
def test_more_than_are_held_count_too_and_the_newest_are_recognised(
    orders: int, repeated: int
) -> None:
    told = [an_order(f"o-{n}", f"e-{n}", ago=n % 60) for n in range(orders)]
    customer = after(*told)
    assert totals(customer)["count"] == orders
    assert len(customer.business_keys) == min(orders, MOST_KEYS)
    newest = sorted(told, key=lambda event: event.occurred_at)[-MOST_KEYS:]
    again = [replace(event, id=f"again {event.id}") for event in newest][:repeated]
    held = [event for event in again if is_told_again(customer, event)]
    assert len(held) >= len(again) - 3
    assert totals(after(*held, customer=customer)) == totals(customer)


def test_what_is_held_is_given_up_after_ninety_days_with_the_whole_order() -> None:
    line = an_event(
        "item.purchased",
        "line",
        occurred_at=NOON - timedelta(days=89),
        properties={"order": "o-1", "line": "1", "amount": 40, "currency": "GBP"},
    )
    customer = after(line, an_order(ago=95))
    assert len(customer.business_keys) == 2
    late = NOON + timedelta(days=3)
    customer = apply_event(customer, an_order("o-2", "e-2", ago=-3), late)
    assert [each.at for each in read_occurrences(customer).values()] == [
        round(late.timestamp() * 1000)
    ]
    assert totals(customer)["count"] == 2


@pytest.mark.parametrize(
    ("event_type", "said"),
    [
        ("order.completed", {"amount": 3}),
        ("item.purchased", {"order": "o-1"}),
        ("item.purchased", {"line": "1"}),
        ("item.returned", {"invoice": "o-1", "line": "1"}),
        ("item.returned", {"invoice": "o-1", "order": "o-1", "line": "1"}),
        ("order.refunded", {"order": "o-1"}),
        ("payment.refunded", {"payment": "p-1"}),
        ("page.viewed", {"order": "o-1"}),
    ],
)
def test_an_event_that_does_not_name_one_thing_has_no_business_key(
    event_type: str, said: Mapping[str, Any]
) -> None:
    assert find_business_key(an_event(event_type, properties=said)) == ""


@pytest.mark.parametrize(
    ("event_type", "said", "other"),
    [
        ("order.completed", {"order": "o-1"}, {"order": "o-2"}),
        ("order.cancelled", {"order": "o-1"}, {"order": "o-2"}),
        ("item.purchased", {"order": "o", "line": "1"}, {"order": "o", "line": "2"}),
        ("item.purchased", {"invoice": "i", "line": 0}, {"invoice": "i", "line": 1}),
        ("item.returned", {"refund": "r", "line": "1"}, {"refund": "r", "line": "2"}),
        (
            "item.returned",
            {"order": "o", "invoice": "b-1", "line": "1"},
            {"order": "o", "invoice": "b-2", "line": "1"},
        ),
        ("order.refunded", {"order": "o", "refund": "r-1"}, {"order": "o", "refund": "r-2"}),
        ("payment.received", {"payment": "p-1"}, {"payment": "p-2"}),
        (
            "payment.refunded",
            {"payment": "p", "refunded_so_far": 1},
            {"payment": "p", "refunded_so_far": 2},
        ),
        ("subscription.started", {"subscription": "s-1"}, {"subscription": "s-2"}),
        ("subscription.ended", {"subscription": "s-1"}, {"subscription": "s-2"}),
    ],
)
def test_two_events_about_one_thing_have_one_business_key(
    event_type: str, said: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    first = an_event(event_type, "e-1", properties={**said, "amount": 1})
    again = an_event(event_type, "e-2", properties={**said, "amount": 2})
    different = an_event(event_type, "e-3", properties=other)
    assert find_business_key(first) == find_business_key(again) != ""
    assert find_business_key(different) != find_business_key(first)
    customer = after(first)
    assert is_told_again(customer, again)
    assert not is_told_again(customer, different)
    assert not is_told_again(Customer(customer_id="c-1"), first)


def test_a_block_is_small() -> None:
    told = [an_order(f"order-{n}", f"e-{n}", amount=123456, ago=n % 60) for n in range(100)]
    assert len(str(after(*told).business_keys)) < 56 * MOST_KEYS
