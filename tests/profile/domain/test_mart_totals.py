"""The mart and what is seen live: whatever comes first, late or twice, no sale counts twice."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.merge_profiles import merge_profiles
from hub.identity.domain.unmerge_profiles import apply_events, unmerge_profiles
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.event_memory import is_repeat
from hub.profile.domain.mart_totals import MOST_DAYS, mart_rows
from hub.profile.domain.profile_limits import trim_to_limit
from tests.factories import NOON, an_event

TODAY = NOON.date()


def a_sale(name: str = "s-1", *, ago: int = 0, amount: int = 100, currency: str = "GBP") -> Event:
    return an_event(
        "item.purchased",
        name,
        occurred_at=NOON - timedelta(days=ago),
        properties={"amount": amount, "currency": currency},
    )


def a_return(name: str, *, ago: int = 0, amount: int = 50) -> Event:
    properties = {"amount": amount, "currency": "GBP"}
    when = NOON - timedelta(days=ago)
    return an_event("item.returned", name, occurred_at=when, properties=properties)


def a_row(*, ago: int = 1, key: str = "crm#1", name: str = "", **said: Any) -> Event:
    """A row complete through so many days ago."""
    through = TODAY - timedelta(days=ago)
    return an_event(
        "mart.loaded",
        name or f"{key}:{through}",
        properties={"key": key, "through": through.isoformat(), **said},
    )


def a_row_of(sales: list[Event], *, ago: int, key: str = "crm#1", name: str = "") -> Event:
    """What the mart tells once it has all of the days up to then."""
    through = TODAY - timedelta(days=ago)
    its = [sale for sale in sales if sale.occurred_at.date() <= through]
    return a_row(ago=ago, key=key, name=name, **the_truth(its))


def the_truth(sales: list[Event]) -> dict[str, Any]:
    bought = [sale for sale in sales if sale.type == "item.purchased"]
    back = [sale for sale in sales if sale.type == "item.returned"]
    return {
        "count": len(bought),
        "spent": money(bought),
        "returns": len(back),
        "returned": money(back),
    }


def money(sales: list[Event]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for sale in sales:
        currency = sale.properties["currency"]
        sums[currency] = sums.get(currency, 0) + sale.properties["amount"]
    return sums


def totals(customer: Customer) -> dict[str, Any]:
    nothing: dict[str, Any] = {"count": 0, "spent": {}, "returns": 0, "returned": {}}
    return {name: customer.purchases.get(name, empty) for name, empty in nothing.items()}


def after(*events: Event) -> Customer:
    return apply_events(Customer(customer_id="c-1"), events, NOON)


def test_a_sale_seen_live_and_again_in_the_nights_batch_counts_once() -> None:
    sale = a_sale(ago=1)
    customer = after(sale, a_row_of([sale], ago=1))
    assert totals(customer)["count"] == 1
    assert totals(customer)["spent"] == {"GBP": 100}


def test_what_the_hub_never_saw_comes_with_the_mart_and_what_is_newer_on_top() -> None:
    customer = after(a_row(ago=1, count=40, spent={"GBP": 90_000, "EUR": 10}), a_sale(ago=0))
    assert customer.purchases["count"] == 41
    assert customer.purchases["spent"] == {"GBP": 90_100, "EUR": 10}


def test_without_a_mart_all_that_is_seen_counts() -> None:
    assert totals(after(a_sale("s-1"), a_sale("s-2", ago=60)))["count"] == 2


def test_what_the_mart_does_not_tell_goes_on_being_counted_live() -> None:
    customer = after(a_return("r-1", ago=3), a_row(ago=1, count=7), a_return("r-2", ago=2))
    assert (customer.purchases["count"], customer.purchases["returns"]) == (7, 2)


def test_an_amount_in_one_currency_may_be_told_as_a_number() -> None:
    assert after(a_row(spent=250, currency="EUR")).purchases["spent"] == {"EUR": 250}


def test_of_two_rows_the_one_complete_for_longer_holds() -> None:
    new, old = a_row(ago=1, count=5), a_row(ago=3, count=4)
    assert totals(after(new, old)) == totals(after(old, new))
    assert after(new, old).purchases["count"] == 5


def test_a_row_that_lags_further_than_days_are_kept_waits_for_the_next() -> None:
    sale = a_sale(ago=50)
    behind = after(sale, a_row(ago=60, count=3))
    assert behind.purchases["count"] == 1
    assert apply_event(behind, a_row(ago=1, count=4), NOON).purchases["count"] == 4


def test_a_row_is_nothing_that_the_customer_did() -> None:
    customer = after(a_row(count=1))
    assert (customer.recent, customer.activity, customer.amounts) == ({}, {}, {})


def test_first_and_last_purchase_are_of_both() -> None:
    said: dict[str, Any] = {
        "first_at": "2019-01-01T00:00:00.000Z",
        "last_at": "2026-11-01T00:00:00.000Z",
    }
    customer = after(a_sale(ago=0), a_row(count=3, **said))
    edges = customer.purchases["first_at"], customer.purchases["last_at"]
    assert edges == ("2019-01-01T00:00:00.000Z", "2026-11-22T12:00:00.000Z")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"through": "2026-11-21"}, "properties.key"),
        ({"key": "crm#1"}, "properties.through"),
        ({"key": "crm#1", "through": "yesterday"}, "properties.through"),
        ({"key": "crm#1", "through": "2026-11-21", "count": "4"}, "properties.count"),
        ({"key": "crm#1", "through": "2026-11-21", "spent": {"GBP": 1.5}}, "properties.spent"),
        ({"key": "crm#1", "through": "2026-11-21", "last_at": 7}, "properties.last_at"),
    ],
)
def test_a_row_that_does_not_say_whose_or_through_when_is_refused(said: Any, field: str) -> None:
    with pytest.raises(Rejected) as refused:
        after(an_event("mart.loaded", properties=said))
    assert refused.value.field == field


def test_who_was_two_people_to_the_mart_has_the_sum_of_both_rows() -> None:
    ann = after(a_row(key="crm#1", ago=2, count=3), a_sale("s-1", ago=1))
    bob = after(a_row(key="crm#2", ago=1, count=4), a_sale("s-2", ago=0))
    both = merge_profiles(ann, bob, {})
    assert both.purchases["count"] == 3 + 4 + 1
    assert (
        apply_event(both, a_row(key="crm#1", ago=1, count=4), NOON).purchases["count"] == 4 + 4 + 1
    )


def test_two_who_were_taken_for_one_have_each_their_own_row_again() -> None:
    ann, bob = after(a_row(key="crm#1", ago=2, count=3)), after(a_row(key="crm#2", count=4))
    both = merge_profiles(ann, bob, {})
    current = apply_event(both, a_row(key="crm#1", ago=1, count=5), NOON)
    survivor, absorbed = unmerge_profiles((ann, bob, both), current, ((), ()), NOON)
    assert (survivor.purchases["count"], absorbed.purchases["count"]) == (5, 4)
    assert [list(mart_rows(one)) for one in (survivor, absorbed)] == [["crm#1"], ["crm#2"]]


sales = st.lists(
    st.builds(
        lambda kind, ago, amount, currency: (kind, ago, amount, currency),
        st.sampled_from(["item.purchased", "item.returned"]),
        st.integers(0, 6),
        st.integers(1, 500),
        st.sampled_from(["GBP", "EUR"]),
    ),
    max_size=8,
).map(
    lambda drawn: [
        an_event(
            kind,
            f"s-{number}",
            occurred_at=NOON - timedelta(days=ago),
            properties={"amount": amount, "currency": currency},
        )
        for number, (kind, ago, amount, currency) in enumerate(drawn)
    ]
)


@given(st.data(), sales, st.lists(st.integers(0, 6), max_size=4))
def test_the_law_of_the_best_view(
    data: st.DataObject, sold: list[Event], batches: list[int]
) -> None:
    """Any interleaving of live events (some never seen live, some twice) and batches (some twice):
    never is a sale counted twice on the way, and once a batch has caught up all totals are true."""
    seen = data.draw(st.lists(st.sampled_from(sold), unique_by=lambda e: e.id)) if sold else []
    rows = [a_row_of(sold, ago=ago, name=f"b-{i}") for i, ago in enumerate(batches)]
    told = data.draw(st.permutations([*seen, *seen, *rows, *rows]))
    customer, told_of = Customer(customer_id="c-1"), set[str]()
    for event in told:
        if not is_repeat(customer, event):
            customer = apply_event(customer, event, NOON)
        told_of |= {sale.id for sale in _covered(event, sold)}
        known = the_truth([sale for sale in sold if sale.id in told_of])
        assert not _more(totals(customer), known)
    caught_up = apply_event(customer, a_row_of(sold, ago=0, name="last"), NOON)
    assert totals(caught_up) == the_truth(sold)


@given(st.data(), sales, st.lists(st.integers(0, 6), max_size=3))
def test_nothing_is_missing_once_all_came(
    data: st.DataObject, sold: list[Event], batches: list[int]
) -> None:
    """Seen live and in the mart, the order does not matter and every total is true at once."""
    rows = [a_row_of(sold, ago=ago, name=f"b-{i}") for i, ago in enumerate(batches)]
    customer = after(*data.draw(st.permutations([*sold, *rows])))
    assert totals(customer) == the_truth(sold)


@given(st.data(), sales, st.lists(st.integers(0, 6), max_size=3), st.integers(0, 11))
def test_it_does_not_matter_to_the_totals_when_two_are_merged(
    data: st.DataObject, sold: list[Event], batches: list[int], merged_after: int
) -> None:
    rows = [a_row_of(sold, ago=ago, name=f"b-{i}") for i, ago in enumerate(batches)]
    told = data.draw(st.permutations([*sold, *rows]))
    early, late = told[:merged_after], told[merged_after:]
    hers = data.draw(st.lists(st.booleans(), min_size=len(early), max_size=len(early)))
    ann = after(*(e for e, is_hers in zip(early, hers, strict=True) if is_hers))
    bob = after(*(e for e, is_hers in zip(early, hers, strict=True) if not is_hers))
    assert totals(apply_events(merge_profiles(ann, bob, {}), late, NOON)) == totals(after(*told))


def _covered(event: Event, sold: list[Event]) -> list[Event]:
    if event.type != "mart.loaded":
        return [event]
    through = date.fromisoformat(event.properties["through"])
    return [sale for sale in sold if sale.occurred_at.date() <= through]


def _more(told: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether any total is above what the hub was told of, live or by the mart."""
    for name in ("count", "returns"):
        if told[name] > known[name]:
            return True
    return any(
        amount > known[name].get(currency, 0)
        for name in ("spent", "returned")
        for currency, amount in told[name].items()
    )


def test_a_row_of_a_day_that_has_not_begun_does_not_count() -> None:
    ahead = a_row(ago=-1, count=9, name="ahead")
    customer = after(a_sale("s-1", ago=2), ahead, a_row(ago=1, count=1), a_sale("s-2", ago=0))
    assert customer.purchases["count"] == 2
    assert mart_rows(after(ahead)) == {}


@given(st.data(), sales, st.lists(st.integers(0, 6), max_size=3), st.integers(1, 4000))
def test_rows_of_days_that_have_not_begun_change_nothing(
    data: st.DataObject, sold: list[Event], batches: list[int], days: int
) -> None:
    rows = [a_row_of(sold, ago=ago, name=f"b-{i}") for i, ago in enumerate(batches)]
    told = data.draw(st.permutations([*sold, *rows]))
    ahead = a_row(ago=-days, count=99, spent={"GBP": 99}, name="ahead")
    place = data.draw(st.integers(0, len(told)))
    customer = after(*told[:place], ahead, *told[place:])
    assert (customer.purchases, customer.mart) == (after(*told).purchases, after(*told).mart)


def test_a_row_takes_the_place_of_one_that_an_earlier_release_took_too_early() -> None:
    poisoned = {"through": "2062-11-21", "as_of": "2026-11-20T00:00:00.000Z", "count": 1}
    customer = Customer(customer_id="c-1", mart={"rows": {"crm#1": poisoned}})
    customer = apply_events(customer, [a_row(ago=1, count=4), a_sale(ago=0)], NOON)
    assert customer.purchases["count"] == 5


timelines = st.lists(
    st.tuples(
        st.sampled_from(["item.purchased", "item.returned", "row"]),
        st.integers(0, 200),
        st.integers(1, 500),
        st.sampled_from(["GBP", "EUR"]),
        st.booleans(),
    ),
    max_size=14,
)
"""What happens, how many days ago, the amount and currency, and whether the first or the second of
two customers is told."""


Step = tuple[str, int, int, str, bool]


def happened(step: Step, number: int, sold: list[Event]) -> Event:
    """A sale or return of that day, or the row of the night before."""
    kind, ago, amount, currency, _ = step
    if kind == "row":
        row = a_row_of(sold, ago=ago + 1, name=f"b-{number}")
        return replace(row, received_at=NOON - timedelta(days=ago))
    properties = {"amount": amount, "currency": currency}
    when = NOON - timedelta(days=ago)
    return an_event(kind, f"s-{number}", occurred_at=when, properties=properties)


@given(timelines, st.integers(0, 14))
def test_merged_or_not_the_totals_are_the_same_however_long_the_mart_is_silent(
    timeline: list[Step], merged_after: int
) -> None:
    """The clock goes on with the events. Every total is that of all sales from the first day on."""
    customers = [Customer(customer_id="c-1"), Customer(customer_id="c-2")]
    alone, sold = Customer(customer_id="c-1"), list[Event]()
    steps = sorted(timeline, key=lambda step: (-step[1], step[0] != "row"))
    for number, step in enumerate(steps):
        kind, ago, *_, is_second = step
        if number == merged_after:
            customers = [merge_profiles(customers[0], customers[1], {})]
        event, now = happened(step, number, sold), NOON - timedelta(days=ago)
        sold += [event] if kind != "row" else []
        side = is_second and len(customers) > 1
        customers[side] = apply_event(customers[side], event, now)
        alone = apply_event(alone, event, now)
        assert totals(alone) == the_truth(sold)
        if len(customers) == 1:
            assert totals(customers[0]) == the_truth(sold)
    if len(customers) > 1:
        assert totals(merge_profiles(customers[0], customers[1], {})) == the_truth(sold)


@given(timelines, timelines, timelines)
def test_unmerged_two_have_the_totals_that_they_would_have_had(
    hers: list[Step],
    his: list[Step],
    since: list[Step],
) -> None:
    """What came since the merge is known and is of either. A row is of the mart's own customer."""
    told: dict[bool, list[Event]] = {False: [], True: []}
    sold: dict[bool, list[Event]] = {False: [], True: []}
    customers = {False: Customer(customer_id="c-1"), True: Customer(customer_id="c-2")}
    number = 0

    def tell(step: Step, is_second: bool) -> Event:
        nonlocal number
        number += 1
        event = happened(step, number, sold[is_second])
        if event.type == "mart.loaded":
            said = {**event.properties, "key": f"crm#{is_second}"}
            event = replace(event, properties=said, id=f"b-{number}")
        else:
            sold[is_second].append(event)
        return event

    for is_second, steps in ((False, hers), (True, his)):
        for step in steps:
            event = tell(step, is_second)
            customers[is_second] = apply_event(customers[is_second], event, NOON)
    ann, bob = customers[False], customers[True]
    merged = merge_profiles(ann, bob, {})
    current = merged
    for step in since:
        event = tell(step, step[4])
        told[step[4]].append(event)
        current = apply_event(current, event, NOON)
    survivor, absorbed = unmerge_profiles(
        (ann, bob, merged), current, (told[False], told[True]), NOON
    )
    assert totals(survivor) == totals(apply_events(ann, told[False], NOON))
    assert totals(absorbed) == totals(apply_events(bob, told[True], NOON))


@given(st.lists(st.integers(0, 6), max_size=6), st.lists(st.integers(0, 6), max_size=6))
def test_what_nobody_can_assign_counts_for_the_survivor_without_the_others_row(
    before: list[int], late: list[int]
) -> None:
    ann = after(*(a_sale(f"s-{n}", ago=ago) for n, ago in enumerate(before)))
    bob = after(a_row(ago=7, key="crm#2", count=40))
    both = merge_profiles(ann, bob, {})
    sold = [a_sale(f"late-{n}", ago=ago) for n, ago in enumerate(late)]
    current = apply_events(both, sold, NOON)
    survivor, absorbed = unmerge_profiles((ann, bob, both), current, ((), ()), NOON)
    assert totals(survivor)["count"] == len(before) + len(late)
    assert totals(absorbed)["count"] == 40


@given(st.integers(0, 100), st.integers(0, 100))
def test_more_days_than_are_held_count_all_the_same(hers: int, his: int) -> None:
    ann = after(a_row(ago=1, count=2))
    later = [a_sale(f"a-{n}", ago=-n) for n in range(hers)]
    ann = apply_events(ann, later, NOON)
    bob = after(*(a_sale(f"b-{n}", ago=-n) for n in range(his)))
    both = merge_profiles(ann, bob, {})
    assert both.purchases.get("count") == 2 + hers + his
    assert len(both.mart.get("days", {})) <= MOST_DAYS
    caught_up = a_row(ago=-200, count=500)
    caught_up = replace(caught_up, received_at=NOON + timedelta(days=201))
    both = apply_event(both, caught_up, NOON + timedelta(days=201))
    assert (both.purchases["count"], set(both.mart)) == (500, {"rows"})


@given(st.lists(st.integers(0, 200), max_size=40), st.booleans())
def test_a_customer_who_is_too_large_gives_up_old_days_and_no_total(
    days_ago: list[int], has_row: bool
) -> None:
    row = [a_row(ago=30, count=3, spent=7, currency="GBP")] if has_row else []
    sold = [a_sale(f"s-{n}", ago=ago) for n, ago in enumerate(days_ago)]
    customer = after(*row, *sold)
    smaller = trim_to_limit(customer, lambda _: 2, 1)
    assert smaller.purchases == customer.purchases
    days = sorted(map(date.fromisoformat, smaller.mart.get("days", {})))
    assert not days or days[-1] - days[0] <= timedelta(days=36)
    merged = merge_profiles(smaller, Customer(customer_id="c-2"), {})
    assert totals(merged) == totals(customer)
