"""Reports are sums: what each decision and outcome adds, in any order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.money import to_major_units
from hub.kernel.times import to_iso
from hub.learning.domain.features import Feature
from hub.measurement.domain.sale_line import SaleLine
from hub.model.action_trace import Trace
from hub.model.attribution_entry import AttributionEntry
from hub.model.customer import Customer
from hub.model.decision_outcome import DecisionOutcome
from hub.model.enrolment import Enrolment
from hub.model.episode import Episode, RecordedEpisode, drop_repeats
from hub.model.event import Event
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.report import MAX_UNKNOWN_ACTIONS, Report, UnknownAction
from hub.reporting.domain.report_tables import PeriodReport
from tests.factories import NOON, an_event
from tests.records import a_decision, an_action

BERLIN = ZoneInfo("Europe/Berlin")
TIER = Feature("customer.loyalty.tier")
ABOUT = {"strategy": "cart", "rule_id": "reminder", "channel": "email", "offer": "beans"}
TRACE = Trace(
    action_id="a-1", customer_id="c-1", decision_id="d-1", decided_at=to_iso(NOON), **ABOUT
)


def record_event(
    event: Event, *, tier: str = "gold", at: datetime = NOON, version: int = 0, **decision: Any
) -> RecordedEpisode:
    fields = {"decided_at": at, "event_id": event.id, "event_type": event.type, **decision}
    episode = Episode(
        customer_id="c-1",
        version=version,
        decided_at=at,
        catalogue=1,
        surroundings="",
        seed="s",
        events=(event,),
        decisions=(a_decision(**fields),),
    )
    before = Customer(customer_id="c-1", loyalty={"tier": tier} if tier else {})
    return RecordedEpisode(before, episode)


def report_on(*records: RecordedEpisode, zone: ZoneInfo = BERLIN) -> dict[str, Any]:
    report, fold = Report(), EpisodeFold(zone, [TIER])
    for record in records:
        fold.add_episode(report, record)
    return PeriodReport(report, date(2026, 11, 22), date(2026, 11, 22), zone.key).to_dict()


def summary(*records: RecordedEpisode) -> dict[tuple[str, str], Any]:
    return {
        (row["figure"], row["currency"]): row["value"] for row in report_on(*records)["summary"]
    }


def an_outcome(end: str, **more: Any) -> Event:
    about = {"action_id": "a-1", "channel": "email", "rule_id": "reminder", "offer": "beans"}
    fields: dict[str, Any] = {"properties": {**about, **more}}
    fields["context"] = {"trace": TRACE.to_dict()}
    return an_event(f"action.{end}", f"a-1.{end}", source="segue", **fields)


def a_sale(amount: int, event_type: str = "item.purchased", currency: str = "GBP") -> Event:
    line = {"item": "x", "quantity": 1, "amount": amount, "currency": currency}
    return an_event(event_type, f"s-{amount}{event_type}{currency}", properties=line)


def an_attribution(amount: int) -> AttributionEntry:
    return AttributionEntry(
        sale="s", line="1", amount=amount, currency="GBP", decision_id="d", action_id="a",
        by="code", at=NOON, **ABOUT,
    )  # fmt: skip


def test_a_message_counts_in_the_table_of_each_of_its_dimensions() -> None:
    action = an_action(channel="email", strategy="cart", rule_id="reminder", offer="beans")
    tables = report_on(record_event(an_event(), actions=(action,)))
    for title, dimension, name in (
        ("strategies", "strategy", "cart"),
        ("rules", "rule", "reminder"),
        ("offers", "offer", "beans"),
        ("channels", "channel", "email"),
        ("segments", "segment", "loyalty.tier gold"),
        ("days", "day", "2026-11-22"),
    ):
        [row] = tables[title]
        assert (row[dimension], row["messages"]) == (name, 1)


def test_an_action_that_is_no_message_counts_as_an_action() -> None:
    action = an_action(channel="warehouse", offer="")
    figures = summary(record_event(an_event(), actions=(action,)))
    assert (figures["actions", ""], figures["messages", ""]) == (1, 0)


@pytest.mark.parametrize("end", ["delivered", "declined", "refused", "unknown"])
def test_each_outcome_of_an_action_counts(end: str) -> None:
    outcome = record_event(an_outcome(end))
    assert summary(outcome)[end, ""] == 1
    for title in ("strategies", "rules", "offers", "channels", "segments"):
        assert report_on(outcome)[title][0][end] == 1


def test_the_hubs_own_events_count_as_decisions_but_not_as_events() -> None:
    figures = summary(record_event(an_event()), record_event(an_outcome("delivered"), version=1))
    assert (figures["events", ""], figures["decisions", ""]) == (1, 2)


def test_sales_minus_returns_are_attributed_or_not_in_each_currency() -> None:
    figures = summary(
        record_event(a_sale(1250), attributions=(an_attribution(1250),)),
        record_event(a_sale(1000)),
        record_event(a_sale(250, "item.returned"), attributions=(an_attribution(-250),)),
        record_event(a_sale(700, "order.completed", "JPY")),
    )
    assert (figures["sales", "GBP"], figures["attributed", "GBP"]) == (20.0, 10.0)
    assert figures["unattributed", "GBP"] == 10.0
    assert (figures["sales", "JPY"], figures["attributed", "JPY"]) == (700.0, 0.0)


@pytest.mark.parametrize(
    ("word", "measure"),
    [("reviewed", "responses"), ("discarded", "responses"), ("converted", "conversions")],
)
def test_the_outcome_of_a_decision_counts_in_each_dimension(word: Any, measure: str) -> None:
    tables = report_on(record_event(an_event(), marks=(DecisionOutcome(TRACE, word, NOON),)))
    for title in ("strategies", "rules", "offers", "channels", "segments", "days"):
        assert tables[title][0][measure] == 1


def test_a_message_converts_once_however_many_lines_are_bought() -> None:
    mark = DecisionOutcome(TRACE, "converted", NOON)
    first = record_event(a_sale(1250), marks=(mark, mark))
    line = SaleLine("s", "1", 0, "x", 1250, "GBP", "", 4, 0, TRACE.to_dict(), 1250)
    before = first.before.with_changes(owing={"lines": [list(line)]})
    again = RecordedEpisode(before, record_event(a_sale(300), marks=(mark,), version=1).episode)
    assert summary(first, again)["conversions", ""] == 1


def test_attributed_revenue_counts_in_each_dimension() -> None:
    tables = report_on(record_event(a_sale(1250), attributions=(an_attribution(1250),)))
    for title in ("strategies", "rules", "offers", "channels", "segments", "days"):
        assert tables[title][0]["revenue GBP"] == 12.5


def test_calls_are_counted_by_queue_and_hour_of_the_hubs_day() -> None:
    call = an_action(channel="call", what={"queue": "retention"})
    [row] = report_on(record_event(an_event(), actions=(call, call)))["calls"]
    assert (row["queue"], row["13"], row["12"]) == ("retention", 2, 0)


def test_days_are_those_of_the_hubs_time_zone() -> None:
    late = record_event(an_event(), at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert report_on(late)["days"][0]["day"] == "2026-11-23"
    assert report_on(late, zone=ZoneInfo("UTC"))["days"][0]["day"] == "2026-11-22"


def test_a_customer_without_the_feature_is_in_a_segment_of_none() -> None:
    assert (
        report_on(record_event(an_event(), tier=""))["segments"][0]["segment"]
        == "loyalty.tier none"
    )


def test_lift_is_how_many_more_of_the_treated_reached_the_goal() -> None:
    def enrol(count: int, converted: int, *, held_out: bool) -> list[RecordedEpisode]:
        arm: dict[str, Any] = {"experiment": "half", "strategy": "cart", "held_out": held_out}
        arm |= {"since": NOON, "decided_at": NOON}
        parts = [Enrolment(**arm, converted=n >= count) for n in range(count + converted)]
        return [record_event(an_event(), enrolments=(part,)) for part in parts]

    [row] = report_on(*enrol(70, 56, held_out=False), *enrol(80, 48, held_out=True))["lift"]
    assert (row["strategy"], row["holdout"]) == ("cart", "half")
    counted = ("treated", "converted", "held out", "converted anyway")
    assert [row[name] for name in counted] == [70, 56, 80, 48]
    assert row["lift"] == pytest.approx(0.8 - 0.6)
    # Newcombe (1998), table II: 0.0524 to 0.3339
    assert (row["low"], row["high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_customers_who_were_enrolled_before_the_report_are_not_in_its_lift() -> None:
    early = Enrolment(
        experiment="half",
        strategy="cart",
        held_out=False,
        since=NOON,
        decided_at=NOON - timedelta(days=1),
        converted=True,
    )
    assert report_on(record_event(an_event(), enrolments=(early,)))["lift"] == []


def test_an_unknown_outcome_is_listed() -> None:
    [row] = report_on(record_event(an_outcome("unknown", reason="cut off")))["unknowns"]
    assert row == {
        "at": "2026-11-22T12:00:00.000Z",
        "action": "a-1",
        "channel": "email",
        "rule": "reminder",
        "reason": "cut off",
    }


def test_an_episode_that_was_archived_twice_counts_once() -> None:
    first, second = record_event(an_event()), record_event(an_event(event_id="e-2"), version=1)
    assert list(drop_repeats([first, second, first])) == [first, second]


@pytest.mark.parametrize(
    ("amount", "currency", "read"),
    [(1250, "EUR", 12.5), (1250, "JPY", 1250.0), (1250, "KWD", 1.25), (-5, "GBP", -0.05)],
)
def test_money_is_read_in_major_units(amount: int, currency: str, read: float) -> None:
    assert to_major_units(amount, currency) == read


NAMES = st.sampled_from(["welcome", "cart"])
UNKNOWN = st.builds(UnknownAction, NAMES, NAMES, NAMES, NAMES, NAMES)
CELLS = st.dictionaries(st.tuples(NAMES, NAMES, NAMES), st.integers(-9, 9))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    report = Report()
    for (table, row, measure), by in draw(CELLS).items():
        report.count(table, (row,), measure, by)
    report.add_unknown(draw(st.lists(UNKNOWN, max_size=3)))
    return report


@given(reports(), reports(), reports())
def test_reports_add_up_in_any_order(a: Report, b: Report, c: Report) -> None:
    left = Report().add(a).add(b).add(c)
    right = Report().add(b).add(Report().add(c).add(a))
    assert left.to_dict() == right.to_dict()
    assert Report().add(a).to_dict() == a.to_dict()


@given(reports())
def test_a_report_is_kept_as_json_and_read_again(report: Report) -> None:
    assert Report.from_dict(report.to_dict()).to_dict() == report.to_dict()


def test_of_many_unknowns_the_earliest_are_listed() -> None:
    ends = [UnknownAction(f"{n:04}", "a", "email", "r", "") for n in range(MAX_UNKNOWN_ACTIONS + 5)]
    report = Report()
    for end in reversed(ends):
        report.add_unknown([end])
    assert report.unknown == tuple(ends[:MAX_UNKNOWN_ACTIONS])


def test_a_decision_counts_on_its_own_day_however_old_its_event() -> None:
    old = an_event(occurred_at=NOON - timedelta(days=3))
    assert [row["day"] for row in report_on(record_event(old))["days"]] == ["2026-11-22"]
