"""Reports are sums: what each decision and outcome adds, and that it matters not in which order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.money import to_major_units
from hub.kernel.times import to_iso
from hub.learning.domain.features import Feature
from hub.measurement.domain.sales_attribution import SaleLine
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


def recorded(
    event: Event, *, tier: str = "gold", at: datetime = NOON, version: int = 0, **decision: Any
) -> RecordedEpisode:
    given = {"decided_at": at, "event_id": event.id, "event_type": event.type, **decision}
    episode = Episode(
        customer_id="c-1",
        version=version,
        decided_at=at,
        catalogue=1,
        surroundings="",
        seed="s",
        events=(event,),
        decisions=(a_decision(**given),),
    )
    before = Customer(customer_id="c-1", loyalty={"tier": tier} if tier else {})
    return RecordedEpisode(before, episode)


def told(*records: RecordedEpisode, zone: ZoneInfo = BERLIN) -> dict[str, Any]:
    report, teller = Report(), EpisodeFold(zone, [TIER])
    for record in records:
        teller.add_episode(report, record)
    return PeriodReport(report, date(2026, 11, 22), date(2026, 11, 22), zone.key).to_dict()


def summary(*records: RecordedEpisode) -> dict[tuple[str, str], Any]:
    return {(row["figure"], row["currency"]): row["value"] for row in told(*records)["summary"]}


def an_outcome(end: str, **said: Any) -> Event:
    about = {"action_id": "a-1", "channel": "email", "rule_id": "reminder", "offer": "beans"}
    given: dict[str, Any] = {"properties": {**about, **said}}
    given["context"] = {"trace": TRACE.to_dict()}
    return an_event(f"action.{end}", f"a-1.{end}", source="segue", **given)


def a_sale(amount: int, event_type: str = "item.purchased", currency: str = "GBP") -> Event:
    said = {"item": "x", "quantity": 1, "amount": amount, "currency": currency}
    return an_event(event_type, f"s-{amount}{event_type}{currency}", properties=said)


def owed(amount: int) -> AttributionEntry:
    return AttributionEntry(
        sale="s", line="1", amount=amount, currency="GBP", decision_id="d", action_id="a",
        by="code", at=NOON, **ABOUT,
    )  # fmt: skip


def test_a_message_is_told_in_every_table_that_it_has_a_name_in() -> None:
    action = an_action(channel="email", strategy="cart", rule_id="reminder", offer="beans")
    tables = told(recorded(an_event(), actions=(action,)))
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


def test_what_is_no_message_to_a_person_is_an_action_all_the_same() -> None:
    action = an_action(channel="warehouse", offer="")
    found = summary(recorded(an_event(), actions=(action,)))
    assert (found["actions", ""], found["messages", ""]) == (1, 0)


@pytest.mark.parametrize("end", ["delivered", "declined", "refused", "unknown"])
def test_each_end_of_an_action_is_told(end: str) -> None:
    outcome = recorded(an_outcome(end))
    assert summary(outcome)[end, ""] == 1
    for title in ("strategies", "rules", "offers", "channels", "segments"):
        assert told(outcome)[title][0][end] == 1


def test_what_the_hub_tells_itself_is_decided_on_and_no_event() -> None:
    found = summary(recorded(an_event()), recorded(an_outcome("delivered"), version=1))
    assert (found["events", ""], found["decisions", ""]) == (1, 2)


def test_sales_less_returns_are_owed_or_not_in_each_currency() -> None:
    found = summary(
        recorded(a_sale(1250), attributions=(owed(1250),)),
        recorded(a_sale(1000)),
        recorded(a_sale(250, "item.returned"), attributions=(owed(-250),)),
        recorded(a_sale(700, "order.completed", "JPY")),
    )
    assert (found["sales", "GBP"], found["attributed", "GBP"]) == (20.0, 10.0)
    assert found["unattributed", "GBP"] == 10.0
    assert (found["sales", "JPY"], found["attributed", "JPY"]) == (700.0, 0.0)


@pytest.mark.parametrize(
    ("word", "measure"),
    [("reviewed", "responses"), ("discarded", "responses"), ("converted", "conversions")],
)
def test_what_became_of_a_decision_is_told_of_what_it_said(word: Any, measure: str) -> None:
    tables = told(recorded(an_event(), marks=(DecisionOutcome(TRACE, word, NOON),)))
    for title in ("strategies", "rules", "offers", "channels", "segments", "days"):
        assert tables[title][0][measure] == 1


def test_a_message_converts_once_however_many_lines_are_bought() -> None:
    mark = DecisionOutcome(TRACE, "converted", NOON)
    first = recorded(a_sale(1250), marks=(mark, mark))
    line = SaleLine("s", "1", 0, "x", 1250, "GBP", "", 4, 0, TRACE.to_dict(), 1250)
    before = first.before.with_changes(owing={"lines": [list(line)]})
    again = RecordedEpisode(before, recorded(a_sale(300), marks=(mark,), version=1).episode)
    assert summary(first, again)["conversions", ""] == 1


def test_revenue_is_told_of_whom_it_is_owed_to() -> None:
    tables = told(recorded(a_sale(1250), attributions=(owed(1250),)))
    for title in ("strategies", "rules", "offers", "channels", "segments", "days"):
        assert tables[title][0]["revenue GBP"] == 12.5


def test_calls_are_told_by_queue_and_hour_of_the_owners_day() -> None:
    call = an_action(channel="call", what={"queue": "retention"})
    [row] = told(recorded(an_event(), actions=(call, call)))["calls"]
    assert (row["queue"], row["13"], row["12"]) == ("retention", 2, 0)


def test_days_are_the_owners() -> None:
    late = recorded(an_event(), at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert told(late)["days"][0]["day"] == "2026-11-23"
    assert told(late, zone=ZoneInfo("UTC"))["days"][0]["day"] == "2026-11-22"


def test_who_is_in_no_known_segment_is_told_so() -> None:
    assert told(recorded(an_event(), tier=""))["segments"][0]["segment"] == "loyalty.tier none"


def test_lift_is_how_many_more_of_the_treated_reached_the_goal() -> None:
    def enrolled(count: int, won: int, *, held_out: bool) -> list[RecordedEpisode]:
        arm: dict[str, Any] = {"experiment": "half", "strategy": "cart", "held_out": held_out}
        arm |= {"since": NOON, "decided_at": NOON}
        parts = [Enrolment(**arm, converted=n >= count) for n in range(count + won)]
        return [recorded(an_event(), enrolments=(part,)) for part in parts]

    [row] = told(*enrolled(70, 56, held_out=False), *enrolled(80, 48, held_out=True))["lift"]
    assert (row["strategy"], row["holdout"]) == ("cart", "half")
    counted = ("treated", "converted", "held out", "converted anyway")
    assert [row[name] for name in counted] == [70, 56, 80, 48]
    assert row["lift"] == pytest.approx(0.8 - 0.6)
    # Newcombe (1998), table II: 0.0524 to 0.3339
    assert (row["low"], row["high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_who_was_enrolled_before_the_days_of_the_report_is_not_in_its_lift() -> None:
    early = Enrolment(
        experiment="half",
        strategy="cart",
        held_out=False,
        since=NOON,
        decided_at=NOON - timedelta(days=1),
        converted=True,
    )
    assert told(recorded(an_event(), enrolments=(early,)))["lift"] == []


def test_an_unknown_end_is_listed_with_what_is_known() -> None:
    [row] = told(recorded(an_outcome("unknown", reason="cut off")))["unknowns"]
    assert row == {
        "at": "2026-11-22T12:00:00.000Z",
        "action": "a-1",
        "channel": "email",
        "rule": "reminder",
        "reason": "cut off",
    }


def test_an_episode_that_was_archived_twice_counts_once() -> None:
    first, second = recorded(an_event()), recorded(an_event(event_id="e-2"), version=1)
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
def test_of_which_parts_a_report_is_added_up_and_in_which_order_matters_not(
    a: Report, b: Report, c: Report
) -> None:
    left = Report().add(a).add(b).add(c)
    right = Report().add(b).add(Report().add(c).add(a))
    assert left.to_dict() == right.to_dict()
    assert Report().add(a).to_dict() == a.to_dict()


@given(reports())
def test_a_report_is_kept_as_json_and_read_again(report: Report) -> None:
    assert Report.from_dict(report.to_dict()).to_dict() == report.to_dict()


def test_of_many_unknowns_the_earliest_are_told() -> None:
    ends = [UnknownAction(f"{n:04}", "a", "email", "r", "") for n in range(MAX_UNKNOWN_ACTIONS + 5)]
    report = Report()
    for end in reversed(ends):
        report.add_unknown([end])
    assert report.unknown == tuple(ends[:MAX_UNKNOWN_ACTIONS])


def test_a_decision_tells_its_own_day_however_long_ago_its_event_was() -> None:
    old = an_event(occurred_at=NOON - timedelta(days=3))
    assert [row["day"] for row in told(recorded(old))["days"]] == ["2026-11-22"]
