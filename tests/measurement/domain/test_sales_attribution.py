"""To which decision a sale is owed: once and not above it, in whatever order it is heard."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.identity.domain.merge_profiles import merge_profiles
from hub.measurement.domain.attribution_account import AttributionAccount, build_accounts
from hub.measurement.domain.sale_line import read_sale_line
from hub.model.attribution_entry import AttributionEntry
from hub.model.customer import Customer
from hub.model.decision_outcome import DecisionOutcome
from hub.model.episode import Episode, RecordedEpisode
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code
from hub.profile.domain.business_key import find_business_key
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.report import Report
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.factories import NOON, a_customer, an_event, later

OFFER = {
    "offer_id": "beans",
    "status": "live",
    "codes": ["BEANS-10"],
    "treatments": {"email": {"template": "beans"}},
}
ROWS: Mapping[str, Any] = {"offers": {"beans": OFFER}}
CATALOGUE = Catalogue.from_snapshot({"number": 1, "rows": ROWS})


def a_message(name: str, at: datetime = NOON, offer: str = "", **trace: Any) -> Event:
    """The outcome of a marketing e-mail."""
    told = {
        "action_id": f"a-{name}",
        "customer_id": "c-1",
        "decision_id": f"d-{name}",
        "decided_at": "2026-11-22T11:00:00.000Z",
        "rule_id": f"rule-{name}",
        "strategy": "s",
        "channel": "email",
        **({"offer": offer} if offer else {}),
        **trace,
    }
    said = {"action_id": f"a-{name}", "channel": told["channel"], "purpose": "marketing"}
    return an_event(
        "action.delivered",
        f"a-{name}.delivered",
        source="segue",
        occurred_at=at,
        properties=said,
        context={"trace": told},
    )


def a_sale(name: str, at: datetime, amount: int = 1000, item: str = "cup", **given: Any) -> Event:
    context = given.pop("context", {})
    said = {"invoice": name, "item": item, "quantity": 1, "amount": amount, "currency": "GBP"}
    return an_event(
        "item.purchased", f"sale-{name}", occurred_at=at, properties=said | given, context=context
    )


def a_return(name: str, at: datetime, amount: int = 1000, item: str = "cup", **given: Any) -> Event:
    said = {"invoice": name, "item": item, "quantity": 1, "amount": amount, "currency": "GBP"}
    return an_event("item.returned", f"back-{name}", occurred_at=at, properties=said | given)


def an_order(name: str, at: datetime, amount: int = 1000) -> Event:
    said = {"order": name, "amount": amount, "currency": "GBP"}
    return an_event("order.completed", f"order-{name}", occurred_at=at, properties=said)


def a_cancellation(name: str, at: datetime, **given: Any) -> Event:
    said = {"order": name} | given
    return an_event("order.cancelled", f"cancelled-{name}", occurred_at=at, properties=said)


def after(
    events: Iterable[Event], catalogue: Catalogue = CATALOGUE, now: datetime | None = None
) -> tuple[Customer, list[AttributionEntry], list[DecisionOutcome]]:
    verdict = decide(events, a_customer(), catalogue, NO_SURROUNDINGS, now or later(days=1), "s")
    owed = [one for d in verdict.decisions for one in d.attributions]
    return verdict.customer, owed, [one for d in verdict.decisions for one in d.marks]


def sums(owed: Iterable[AttributionEntry]) -> dict[tuple[str, str, str], int]:
    """What is owed in the end: sale, decision, how -> amount."""
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for one in owed:
        found[one.sale, one.decision_id or one.offer, one.by] += one.amount
    return {key: amount for key, amount in found.items() if amount}


def test_a_sale_is_owed_to_the_last_message_before_it() -> None:
    events = [
        a_message("1"),
        a_message("2", later(hours=1)),
        a_message("3", later(hours=3)),
        a_sale("o-1", later(hours=2)),
    ]
    _, (owed,), (mark,) = after(events)
    assert (owed.decision_id, owed.by, owed.amount, owed.rule_id) == (
        "d-2",
        "touch",
        1000,
        "rule-2",
    )
    assert (mark.trace.decision_id, mark.kind, mark.at) == ("d-2", "converted", later(hours=2))


def test_after_the_window_nobody_is_owed_a_sale_that_names_nobody() -> None:
    late = later(days=14, seconds=1)
    assert after([a_message("1"), a_sale("o-1", late)], now=late)[1] == []
    on_time = later(days=14)
    assert after([a_message("1"), a_sale("o-1", on_time)], now=on_time)[1] != []


def test_the_window_is_a_policy_of_all_channels_or_of_one() -> None:
    def windows(**rows: Mapping[str, Any]) -> Catalogue:
        policies = {
            name: {"policy_id": name, "kind": "attribution", "status": "live", **row}
            for name, row in rows.items()
        }
        return Catalogue.from_snapshot({"number": 1, "rows": {**ROWS, "policies": policies}})

    events = [a_message("1"), a_sale("o-1", later(hours=5))]
    assert after(events, windows(all={"window": "4h"}))[1] == []
    assert after(events, windows(all={"window": "4h"}, mail={"window": "6h", "channel": "email"}))[
        1
    ]
    assert after(events, windows(mail={"window": "4h", "channel": "sms"}))[1]


def test_what_serves_the_customer_has_sold_nothing() -> None:
    served = a_message("1")
    served = an_event(
        served.type,
        properties={**served.properties, "purpose": "service"},
        context=served.context,
    )
    assert after([served, a_sale("o-1", later(hours=1))])[1] == []


@pytest.mark.parametrize(
    "named",
    [
        {"context": {"action_id": "a-1"}},
        {"context": {"segue_ref": "d-1"}},
        {"context": {"page": {"url": "https://shop.example/checkout?x=1&segue_ref=a-1#top"}}},
    ],
)
def test_the_message_that_a_sale_names_comes_before_the_last(named: Mapping[str, Any]) -> None:
    events = [a_message("1"), a_message("2"), a_sale("o-1", later(hours=1), **named)]
    assert sums(after(events)[1]) == {("o-1", "d-1", "reference"): 1000}


def test_the_code_of_what_was_shown_on_a_page_is_known_from_its_viewing() -> None:
    trace = a_message("1", channel="web").context["trace"]
    seen = an_event("offer.viewed", "seen", context={"trace": trace})
    events = [
        seen,
        a_message("2"),
        a_sale("o-1", later(hours=1), promo_code=derive_promo_code("a-1")),
    ]
    assert sums(after(events)[1]) == {("o-1", "d-1", "code"): 1000}


def test_a_sale_may_be_owed_to_what_was_said_to_somebody_else() -> None:
    trace = a_message("9", customer_id="c-9").context["trace"]
    sale = a_sale("o-1", NOON, promo_code=derive_promo_code("a-9"), context={"trace": trace})
    _, (owed,), (mark,) = after([a_message("1", later(hours=-1)), sale])
    assert (owed.decision_id, owed.by) == ("d-9", "code")
    assert mark.trace.customer_id == "c-9"


def test_a_campaign_code_is_owed_to_its_offer_as_it_was_made_to_them() -> None:
    made = [a_message("1", offer="beans"), a_message("2", later(minutes=1))]
    sale = a_sale("o-1", later(hours=1), promo_code="beans 1o")
    assert sums(after([*made, sale])[1]) == {("o-1", "d-1", "code"): 1000}


def test_a_campaign_code_is_owed_to_its_offer_though_nobody_made_it() -> None:
    events = [a_message("2"), a_sale("o-1", later(hours=1), promo_code="BEANS10")]
    _, owed, marks = after(events)
    assert sums(owed) == {("o-1", "beans", "code"): 1000}
    assert marks == []


@given(st.permutations(["SPRING", "BEANS 10", "STAFF-5"]), st.booleans())
def test_a_campaign_code_counts_wherever_it_stands_among_the_codes_of_a_sale(
    codes: list[str], is_typed: bool
) -> None:
    said = {"promo_code": codes[0], "coupons": codes} if is_typed else {"coupons": codes}
    _, owed, _ = after([a_sale("o-1", later(hours=1), **said)])
    assert sums(owed) == {("o-1", "beans", "code"): 1000}


def test_the_code_of_a_message_counts_wherever_it_stands() -> None:
    codes = ["SPRING", derive_promo_code("a-1")]
    events = [a_message("1"), a_message("2"), a_sale("o-1", later(hours=1), coupons=codes)]
    assert sums(after(events)[1]) == {("o-1", "d-1", "code"): 1000}


@pytest.mark.parametrize("told_before", [[], [a_message("1")]])
def test_an_order_that_two_events_tell_is_one_sale(told_before: list[Event]) -> None:
    said = {"order": "o-1", "amount": 1000, "currency": "GBP"}
    told = [
        an_event("order.completed", name, occurred_at=later(hours=1), properties=said)
        for name in ("shop", "crm")
    ]
    customer, owed, _ = after([*told_before, *told])
    assert sum(one.amount for one in owed) == (1000 if told_before else 0)
    assert len(customer.owing["lines"]) == 1


@pytest.mark.parametrize("amounts", [(400, 500), (400, 900), (1200, 300)])
def test_an_order_told_whole_and_by_lines_sold_what_it_was_told_whole(
    amounts: Sequence[int],
) -> None:
    whole = an_order("o-1", later(hours=2))
    lines = [
        a_sale(f"line-{n}", later(hours=2), amount, f"item-{n}", order="o-1", line=str(n))
        for n, amount in enumerate(amounts)
    ]
    for told in permutations([whole, *lines]):
        _, owed, _ = after([a_message("1"), *told])
        assert sums(owed) == {("o-1", "d-1", "touch"): 1000}


def test_when_an_order_told_whole_has_left_its_lines_keep_their_share_of_it() -> None:
    sold = [
        an_order("o-1", later(hours=1)),
        a_sale("line-1", later(hours=1), 700, order="o-1", line="1"),
        a_sale("line-2", later(days=1), 700, order="o-1", line="2"),
    ]
    for told in permutations(sold):
        customer, owed, _ = after([a_message("1"), *told])
        late = later(days=90, hours=12)
        customer = decide(
            [a_message("2", late)], customer, CATALOGUE, NO_SURROUNDINGS, late, "s"
        ).customer
        verdict = decide(
            [a_return("r-1", late, 5000, order="o-1")],
            customer,
            CATALOGUE,
            NO_SURROUNDINGS,
            late,
            "s",
        )
        taken = [one.amount for d in verdict.decisions for one in d.attributions]
        assert (sum(one.amount for one in owed), taken) == (1000, [-300])


def test_an_order_that_is_cancelled_is_taken_back_all_of_it_that_is_left() -> None:
    sold = [
        a_message("1"),
        an_order("o-1", later(hours=1)),
        an_order("o-2", later(hours=1), 500),
        a_return("r-1", later(hours=2), amount=300, item="", order="o-1"),
    ]
    for cancelled in (
        a_cancellation("o-1", later(hours=3)),
        a_cancellation("o-1", later(hours=3), amount=1000, currency="GBP"),
    ):
        for events in ([*sold, cancelled], [sold[0], cancelled, *sold[1:]]):
            assert sums(after(events)[1]) == {("o-2", "d-1", "touch"): 500}


def test_a_return_takes_it_back_but_no_more_than_there_is() -> None:
    events = [
        a_message("1"),
        a_sale("o-1", later(hours=1)),
        a_return("r-1", later(hours=2), amount=600),
        a_return("r-2", later(hours=3), amount=600),
    ]
    _, owed, _ = after(events)
    assert [one.amount for one in owed] == [1000, -600, -400]


def test_a_return_that_names_its_order_takes_from_no_other() -> None:
    events = [
        a_message("1"),
        a_sale("o-1", later(hours=1)),
        a_sale("o-2", later(hours=2)),
        a_return("r-1", later(hours=3), order="o-1"),
        an_event(
            "order.refunded",
            "r-2",
            occurred_at=later(hours=4),
            properties={"order": "o-7", "amount": 500, "currency": "GBP"},
        ),
    ]
    assert sums(after(events)[1]) == {("o-2", "d-1", "touch"): 1000}


def test_a_return_may_name_the_line_of_the_sale() -> None:
    sale, back = a_sale("o-1", later(hours=1), line="1"), a_return("o-1", later(hours=2), line="1")
    for events in ([a_message("1"), sale, back], [a_message("1"), back, sale]):
        assert sums(after(events)[1]) == {}


def test_a_sale_that_is_told_twice_is_owed_once_to_what_either_names() -> None:
    silent = a_sale("o-1", later(hours=2), line="1")
    code = derive_promo_code("a-1")
    trace = a_message("1").context
    naming = replace(silent, id="again", properties={**silent.properties, "promo_code": code})
    naming = replace(naming, context=trace)
    for first, then in ((silent, naming), (naming, silent)):
        events = [a_message("1"), a_message("2", later(hours=1)), first, then]
        assert sums(after(events)[1]) == {("o-1", "d-1", "code"): 1000}


def test_what_is_no_longer_held_is_settled_for_good() -> None:
    """A hundred lines on a receipt, and a return of one that fell out."""
    sales = [a_sale(f"o-{n}", later(minutes=n), item=f"item-{n}") for n in range(1, 101)]
    customer, owed, _ = after(
        [a_message("1"), *sales, a_return("r", later(hours=3), item="item-1")]
    )
    assert sum(one.amount for one in owed) == 100_000
    assert len(customer.owing["lines"]) == 40


_hours = st.integers(0, 20)
_items = st.sampled_from(["cup", "pot"])
_orders = st.sampled_from(["o-0", "o-1", "o-9"])
_amounts = st.integers(1, 5).map(lambda amount: amount * 100)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Messages, sales that name one or none, orders of theirs that are told whole too, returns that
    name a sale or none and cancellations, within a day."""
    messages = [
        a_message(str(n), later(hours=draw(_hours)), offer=draw(st.sampled_from(["", "beans"])))
        for n in range(draw(st.integers(0, 3)))
    ]
    traces = [message.context["trace"] for message in messages]
    sales, returns = [], []
    for n in range(draw(st.integers(0, 5))):
        how = draw(st.sampled_from(["nothing", "campaign", "code"]))
        words: dict[str, Any] = {}
        if how == "campaign":
            words = {"promo_code": "BEANS10"}
        elif how == "code" and traces:
            trace = draw(st.sampled_from(traces))
            words = {
                "promo_code": derive_promo_code(trace["action_id"]),
                "context": {"trace": trace},
            }
        at = later(hours=draw(_hours), minutes=n)
        sales.append(a_sale(f"o-{n}", at, draw(_amounts), draw(_items), **words))
    wholes, cancelled = draw(st.sets(_orders)), draw(st.sets(_orders, max_size=2))
    sales += [an_order(name, later(hours=draw(_hours)), draw(_amounts)) for name in sorted(wholes)]
    returns += [a_cancellation(name, later(hours=draw(_hours))) for name in sorted(cancelled)]
    for n in range(draw(st.integers(0, 4))):
        order = draw(st.sampled_from([{}, {"order": "o-0"}, {"order": "o-1"}, {"order": "o-9"}]))
        at = later(hours=draw(_hours), minutes=n)
        returns.append(a_return(f"r-{n}", at, draw(_amounts), draw(_items), **order))
    return [*messages, *sales, *returns]


def orders_of(events: Iterable[Event]) -> dict[str, int]:
    """What each order sold: what it was told whole, else its line."""
    told = [event for event in events if event.type in {"item.purchased", "order.completed"}]
    said = [e.properties for e in sorted(told, key=lambda event: event.type)]
    return {one.get("order") or one["invoice"]: one["amount"] for one in said}


def taken_back(events: Iterable[Event]) -> Counter[str]:
    """What came back of each order, penny by penny: of a named order only what it has."""
    sold, back = orders_of(events), Counter[str]()
    by_time = sorted(events, key=lambda event: event.occurred_at)
    lines = {
        event.properties["invoice"]: event for event in by_time if event.type == "item.purchased"
    }
    wholes = {event.properties["order"] for event in by_time if event.type == "order.completed"}
    left = {}
    for order, amount in sold.items():
        line = lines.get(order)
        of_item = min(amount, line.properties["amount"]) if line else 0
        item = line.properties["item"] if line else ""
        left[order] = {item: of_item, "any": amount - of_item if order in wholes else 0}
    for event in by_time:
        if event.type not in {"item.returned", "order.cancelled"}:
            continue
        order = event.properties.get("order") or event.properties["invoice"]
        item, wanted = event.properties.get("item"), event.properties.get("amount", 10**9)
        if order not in sold:
            back[order] += event.properties.get("amount", 0)
            continue
        for shelf in list(left[order]):
            if item in (None, shelf) or shelf in ("any", ""):
                part = min(wanted, left[order][shelf])
                left[order][shelf] -= part
                wanted -= part
                back[order] += part
    return back


@given(histories())
def test_what_an_order_is_owed_depends_on_no_return_of_another(events: list[Event]) -> None:
    """The same as if nothing had happened but this order, its returns and the messages."""

    def named(event: Event) -> str:
        return str(event.properties.get("order") or event.properties.get("invoice") or "")

    known = set(orders_of(events))
    events = [e for e in events if e.type != "item.returned" or "order" in e.properties]
    together = sums(after(events)[1])
    for order in known:
        alone = [event for event in events if named(event) in ("", order)]
        its = {key: amount for key, amount in together.items() if key[0] == order}
        assert its == sums(after(alone)[1])


@given(histories())
def test_where_every_return_names_an_order_of_the_account_no_sum_is_negative(
    events: list[Event],
) -> None:
    known = orders_of(events)
    kept = [
        event
        for event in events
        if event.type not in {"item.returned", "order.cancelled"}
        or event.properties.get("order") in known
    ]
    told = an_account(kept)
    assert min(told.sold, told.returned, told.net_sales, told.attributed, told.unattributed) >= 0


def a_refund(refund: str, at: datetime, amount: int, order: str = "o-1") -> Event:
    said = {"order": order, "refund": refund, "amount": amount, "currency": "GBP"}
    return an_event("order.refunded", f"{refund}-{at}", occurred_at=at, properties=said)


@st.composite
def words_about_sales(draw: st.DrawFn) -> list[list[Event]]:
    """Orders, lines and refunds, each told up to three times at other times with other amounts."""
    told = []
    for n in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["order", "line", "refund"]))
        order = draw(st.sampled_from(["o-0", "o-1"]))
        words = []
        for _ in range(draw(st.integers(1, 3))):
            at, amount = later(hours=draw(_hours)), draw(_amounts)
            if kind == "order":
                word = an_order(f"{order}", at, amount)
            elif kind == "line":
                word = a_sale(f"i-{n}", at, amount, order=order, line=str(n))
            else:
                word = a_refund(f"r-{n}", at, amount, order)
            words.append(word)
        told.append(words)
    return told


@given(st.data(), words_about_sales(), st.integers(0, 3))
def test_one_business_key_under_many_ids_is_one_sale_or_return(
    data: st.DataObject, words: list[list[Event]], messages: int
) -> None:
    """The oracle is told each of them once, at its earliest time with its greatest amount."""
    by_key: dict[str, list[Event]] = {}
    for word in (word for about_one in words for word in about_one):
        by_key.setdefault(find_business_key(word), []).append(word)
    once = []
    for told in by_key.values():
        amount = max(word.properties["amount"] for word in told)
        first = min(told, key=lambda word: word.occurred_at)
        once.append(replace(first, properties={**first.properties, "amount": amount}))
    sent = [a_message(str(n), later(hours=data.draw(_hours))) for n in range(messages)]
    again = [replace(word, id=f"again-{n}") for n, word in enumerate(chain.from_iterable(words))]
    in_some_order = data.draw(st.permutations([*sent, *again]))
    owed, oracle = after(in_some_order), after([*sent, *once])
    assert sums(owed[1]) == sums(oracle[1])
    assert owed[0].owing == oracle[0].owing
    account, true_account = an_account(in_some_order), an_account([*sent, *once])
    for name in ("sold", "returned", "attributed", "unattributed"):
        assert getattr(account, name) == getattr(true_account, name)
    assert +account.by_way == +true_account.by_way
    assert list(account.find_problems()) == []


SECOND = replace(a_customer(), customer_id="c-2")
MERGE = an_event("customer.merged", "merge", properties={"absorbed": "c-2", "key": "k"})


def test_an_order_that_was_told_of_both_is_owed_once_after_a_merge() -> None:
    events = [a_message("1"), an_order("o-1", later(hours=1))]
    theirs = [a_message("2", later(minutes=30)), replace(events[1], id="again")]
    lines = [a_sale(f"{n}", later(hours=1), 500, order="o-1", line=str(n)) for n in (1, 2)]
    for told_of_them, winner in ((theirs, "d-2"), (lines, "d-1")):
        owed = merged_sums(events, told_of_them, [])
        assert owed == {("o-1", winner, "touch"): 1000}


@given(st.data(), histories(), st.integers(0, 12))
def test_two_who_are_merged_owe_what_one_would(
    data: st.DataObject, events: list[Event], merged_after: int
) -> None:
    told = data.draw(st.permutations(events)) if events else events
    early, late = told[:merged_after], told[merged_after:]
    whose = [data.draw(st.sampled_from(["ann", "bob", "both"])) for _ in early]
    ann = [event for event, who in zip(early, whose, strict=True) if who != "bob"]
    bob = [event for event, who in zip(early, whose, strict=True) if who != "ann"]
    assert merged_sums(ann, bob, late) == sums(after(events)[1])


@given(_amounts, _amounts, st.booleans())
def test_a_report_counts_once_what_was_told_of_both_before_a_merge(
    amount: int, other_amount: int, is_attributed: bool
) -> None:
    message = [a_message("1")] if is_attributed else []
    ann = [*message, an_order("o-1", later(hours=1), amount)]
    bob = [replace(ann[-1], id="again"), an_order("o-2", later(hours=2), other_amount)]
    records = [*archived_of(a_customer(), ann), *archived_of(SECOND, bob)]
    both = merge_profiles(records[0][1], records[1][1], {})
    records += archived_of(replace(both, version=9), [MERGE])
    report = Report()
    for record, _ in records:
        EpisodeFold(UTC).add_episode(report, record)
    assert report.totals["sales GBP"] == amount + other_amount
    assert report.totals.get("revenue GBP", 0) == (amount + other_amount) * is_attributed


def merged_sums(
    ann: Sequence[Event], bob: Sequence[Event], late: Sequence[Event]
) -> dict[tuple[str, str, str], int]:
    """What is owed in the end if two are told of and merged, and more comes later."""
    records = list(archived_of(a_customer(), ann))
    absorbed = SECOND
    records += archived_of(absorbed, [replace(event, customer_id="c-2") for event in bob])
    survivor, other = (after_archive(records, name) for name in ("c-1", "c-2"))
    both = merge_profiles(survivor or a_customer(), other or absorbed, {})
    records += archived_of(replace(both, version=9), [MERGE, *late])
    account = build_accounts(record for record, _ in records).get("GBP", AttributionAccount())
    assert list(account.find_problems()) == []
    assert account.attributed + account.unattributed == account.sold - account.returned
    assert account.sold == sum(orders_of([*ann, *bob, *late]).values())
    return sums(
        entry
        for record, _ in records
        for decision in record.episode.decisions
        for entry in decision.attributions
    )


def after_archive(
    records: Iterable[tuple[RecordedEpisode, Customer]], name: str
) -> Customer | None:
    return next((after for record, after in records if record.episode.customer_id == name), None)


def archived_of(
    customer: Customer, events: Sequence[Event]
) -> Iterator[tuple[RecordedEpisode, Customer]]:
    """One episode of all events, and the customer after it."""
    verdict = decide(events, customer, CATALOGUE, NO_SURROUNDINGS, later(days=1), "s")
    episode = Episode(
        customer_id=customer.customer_id,
        version=customer.version,
        decided_at=NOON,
        catalogue=1,
        surroundings="",
        seed="s",
        events=verdict.events,
        decisions=verdict.decisions,
    )
    yield RecordedEpisode(customer, episode), verdict.customer


@given(st.data(), histories())
def test_in_any_order_and_however_often_the_same_is_owed(
    data: st.DataObject, events: list[Event]
) -> None:
    shuffled: Sequence[Event] = data.draw(st.permutations(events)) if events else events
    repeated = [event for event in shuffled for _ in range(2)]
    one, other = after(events), after([*repeated, *shuffled])
    assert sums(other[1]) == sums(one[1])
    assert other[0].owing == one[0].owing


@given(histories())
def test_no_line_is_owed_above_what_it_sold_nor_below_nothing_nor_to_two(
    events: list[Event],
) -> None:
    sold = orders_of(events)
    owed: defaultdict[str, int] = defaultdict(int)
    lines: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in after(events)[1]:
        owed[one.sale] += one.amount
        lines[one.sale, one.line][one.action_id or one.offer] += one.amount
    assert all(0 <= amount <= sold[sale] for sale, amount in owed.items())
    assert all(len([n for n in line.values() if n]) <= 1 for line in lines.values())


@given(histories())
def test_what_is_owed_and_what_is_not_comes_out_even_with_the_sales(events: list[Event]) -> None:
    told = an_account(events)
    sold = orders_of(events)
    assert told.sold == sum(sold.values())
    assert told.returned == sum(taken_back(events).values())
    assert told.attributed == sum(told.by_way.values()) == sum(told.by_offer.values())
    assert told.attributed + told.unattributed == told.sold - told.returned
    assert list(told.find_problems()) == []


@given(histories(), st.integers(1, 5))
def test_a_report_tells_the_sales_that_the_account_does(events: list[Event], batch: int) -> None:
    records = list(archived(events, batch))
    report = Report()
    for record in records:
        EpisodeFold(UTC).add_episode(report, record)
    account = build_accounts(records).get("GBP", AttributionAccount())
    assert report.totals["sales GBP"] == account.net_sales
    assert report.totals["revenue GBP"] == account.attributed


def an_account(events: Sequence[Event]) -> AttributionAccount:
    (record,) = archived(events, len(events) or 1)
    return build_accounts([record, record]).get("GBP", AttributionAccount())


def archived(events: Sequence[Event], batch: int) -> Iterator[RecordedEpisode]:
    """So many events an episode; one without any if there are none."""
    customer = a_customer()
    for version, begin in enumerate(range(0, len(events) or 1, batch)):
        some = events[begin : begin + batch]
        verdict = decide(some, customer, CATALOGUE, NO_SURROUNDINGS, later(days=1), "s")
        episode = Episode(
            customer_id="c-1",
            version=version,
            decided_at=NOON,
            catalogue=1,
            surroundings="",
            seed="s",
            events=verdict.events,
            decisions=verdict.decisions,
        )
        yield RecordedEpisode.from_dict(RecordedEpisode(customer, episode).to_dict())
        customer = replace(verdict.customer, version=version + 1)


def test_an_order_that_is_returned_and_then_cancelled_came_back_once() -> None:
    back = a_return("r-1", later(hours=2), item="", order="o-1")
    for given_amount in ({}, {"amount": 1000, "currency": "GBP"}):
        cancelled = a_cancellation("o-1", later(hours=3), **given_amount)
        told = an_account([a_message("1"), an_order("o-1", later(hours=1)), back, cancelled])
        assert (told.sold, told.returned, told.attributed, told.unattributed) == (1000, 1000, 0, 0)


def test_what_a_cancellation_takes_of_an_order_of_long_ago_came_back() -> None:
    told = AttributionAccount()
    cancelled = read_sale_line(a_cancellation("o-1", NOON))
    assert cancelled is not None
    told.count_line("c-1", cancelled)
    (owed,) = after([a_message("1"), a_sale("o-1", later(hours=1))])[1]
    told.add_attribution("c-1", replace(owed, amount=-1000))
    assert (told.sold, told.returned, told.attributed, told.unattributed) == (0, 1000, -1000, 0)


def test_an_account_that_does_not_agree_says_where() -> None:
    account = AttributionAccount()
    sold = read_sale_line(an_order("o-1", later(hours=1), 500))
    assert sold is not None
    account.count_line("c-1", sold)
    _, (owed,), _ = after([a_message("1"), a_sale("o-1", later(hours=1))])
    account.add_attribution("c-1", replace(owed, line=""))
    assert list(account.find_problems()) == ["sale o-1 line - sold 500, attributed {'a-1': 1000}"]
