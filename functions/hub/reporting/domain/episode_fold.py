"""Builds a report from archived episodes: a pure fold, one episode after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from hub.expression.domain.compare import reach
from hub.identity.domain.merge_record import MERGED
from hub.kernel.times import to_iso
from hub.learning.domain.features import Feature
from hub.measurement.domain import sale_line
from hub.measurement.domain.attribution_account import sum_net_sales
from hub.measurement.domain.sale_line import read_lines
from hub.model.action_content import Call, Withdrawal
from hub.model.action_trace import Trace, read_trace
from hub.model.attribution_entry import AttributionEntry
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.decision_outcome import DecisionOutcome
from hub.model.enrolment import Enrolment
from hub.model.episode import RecordedEpisode
from hub.model.event import HUB_SOURCE, Event
from hub.reporting.domain.report import (
    ARM_TABLE,
    CALL_TABLE,
    REVENUE_MEASURE,
    SALES_MEASURE,
    TOTAL_TABLE,
    Report,
    UnknownAction,
)

OUTCOMES = ("delivered", "declined", "refused", "unknown")
HELD_OUT, TREATED = "held out", "treated"
CONVERTED = "converted"
_UNKNOWN_FIELDS = ("action_id", "channel", "rule_id", "reason")
SALES_AND_RETURNS = sale_line.SALES | sale_line.RETURNS


@dataclass(frozen=True, slots=True)
class EpisodeFold:
    """Adds episodes to a report. `zone` is the time zone of its days and hours. `features` define
    the segments; a customer is in the segments of the state before the episode."""

    zone: tzinfo
    features: Sequence[Feature] = ()

    def add_episode(self, report: Report, recorded: RecordedEpisode) -> None:
        """Counts one episode. The caller passes each episode once."""
        episode = recorded.episode
        events = {event.id: event for event in episode.events}
        local_time = episode.decided_at.astimezone(self.zone)
        segments = list(self._find_segments(recorded.before))
        sale_lines = read_lines(recorded.before)
        converted_actions = {line.trace.get("action_id", "") for line in sale_lines if line.net}
        for decision in episode.decisions:
            counter = _DecisionCounter(report, local_time, segments, converted_actions, sale_lines)
            counter.count_decision(decision)
            if event := events.get(decision.event_id):
                counter.count_event(event)

    def _find_segments(self, customer: Customer) -> Iterator[str]:
        for feature in self.features:
            _, _, path = feature.name.partition("customer.")
            block, *names = path.split(".")
            value = reach(getattr(customer, block, None), *names)
            yield f"{path} {feature.bin_of(value)}"


@dataclass(frozen=True, slots=True)
class _DecisionCounter:
    """Counts one decision in the report, also for its day and its segments.

    `converted_actions` have led to a sale by now, so that each converts once. `sale_lines` are the
    sales that are known by now, because one order may come as a whole and in lines."""

    report: Report
    local_time: datetime
    segments: Sequence[str]
    converted_actions: set[str]
    sale_lines: list[sale_line.SaleLine]

    def count_decision(self, decision: Decision) -> None:
        """Counts the decision with its actions, outcomes, attributions and enrolments."""
        self._count({}, "decisions")
        for action in decision.actions:
            self._count_action(action)
        for outcome in decision.marks:
            self._count_decision_outcome(outcome)
        for attribution in decision.attributions:
            self._count_attribution(attribution)
        for enrolment in decision.enrolments:
            self._count_enrolment(enrolment)

    def count_event(self, event: Event) -> None:
        """Counts the event of the decision: a sale, a return, an outcome of an action."""
        self._count({}, "events" if event.source != HUB_SOURCE else "own events")
        if event.type in SALES_AND_RETURNS and (line := sale_line.read_sale_line(event)):
            before = sum_net_sales(self.sale_lines)
            self.sale_lines.append(line)
            for currency, amount in sum_net_sales(self.sale_lines).items():
                self._count({}, f"{SALES_MEASURE} {currency}", amount - before[currency])
        if event.type == MERGED:
            self._count_sales_of_both()
        kind, _, outcome = event.type.partition(".")
        if kind == "action" and outcome in OUTCOMES:
            self._count_outcome(event, outcome)

    def _count_sales_of_both(self) -> None:
        """Takes back once what the reports of two customers counted twice: the sales that are twice
        among the lines of the customer who is merged."""
        first: list[sale_line.SaleLine] = []
        again: list[sale_line.SaleLine] = []
        for line in self.sale_lines:
            is_known = any(line.name == known.name for known in first)
            (again if is_known else first).append(line)
        counted = sum_net_sales(first) + sum_net_sales(again)
        united = sum_net_sales(self.sale_lines)
        for currency in counted:
            if change := united[currency] - counted[currency]:
                self._count({}, f"{SALES_MEASURE} {currency}", change)

    def _count_action(self, action: Action) -> None:
        dimensions = _read_dimensions(action)
        self._count(dimensions, "actions")
        if action.channel in CHANNELS:
            self._count(dimensions, "messages")
        if isinstance(action.what, Call | Withdrawal) and (queue := action.what.queue):
            self.report.count(CALL_TABLE, (str(queue), f"{self.local_time:%H}"), "calls")

    def _count_outcome(self, event: Event, outcome: str) -> None:
        self._count(_read_outcome_dimensions(event), outcome)
        if outcome == "unknown":
            values = (str(event.properties.get(field, "")) for field in _UNKNOWN_FIELDS)
            self.report.add_unknown([UnknownAction(to_iso(event.occurred_at), *values)])

    def _count_decision_outcome(self, outcome: DecisionOutcome) -> None:
        if outcome.kind != CONVERTED:
            self._count(_read_dimensions(outcome.trace), "responses")
        elif outcome.trace.action_id not in self.converted_actions:
            self.converted_actions.add(outcome.trace.action_id)
            self._count(_read_dimensions(outcome.trace), "conversions")

    def _count_attribution(self, attribution: AttributionEntry) -> None:
        dimensions = _read_dimensions(attribution)
        self._count(dimensions, f"{REVENUE_MEASURE} {attribution.currency}", attribution.amount)

    def _count_enrolment(self, enrolment: Enrolment) -> None:
        arm = HELD_OUT if enrolment.held_out else TREATED
        day = f"{enrolment.decided_at.astimezone(self.local_time.tzinfo):%Y-%m-%d}"
        measure = "converted" if enrolment.converted else "enrolled"
        self.report.count(ARM_TABLE, (enrolment.strategy, enrolment.experiment, arm, day), measure)

    def _count(self, dimensions: Mapping[str, str], measure: str, by: int = 1) -> None:
        self.report.count(TOTAL_TABLE, (), measure, by)
        self.report.count("day", (f"{self.local_time:%Y-%m-%d}",), measure, by)
        for segment in self.segments:
            self.report.count("segment", (segment,), measure, by)
        for dimension, name in dimensions.items():
            if name:
                self.report.count(dimension, (name,), measure, by)


def _read_dimensions(source: Action | AttributionEntry | Trace) -> dict[str, str]:
    return {
        "strategy": source.strategy,
        "rule": source.rule_id,
        "offer": source.offer,
        "channel": source.channel,
    }


def _read_outcome_dimensions(event: Event) -> dict[str, str]:
    """Reads the dimensions of an outcome's action. An event without a trace, from before there were
    traces, has them among its properties."""
    if trace := read_trace(event):
        return _read_dimensions(trace)
    names = {"rule": "rule_id", "offer": "offer", "channel": "channel"}
    return {dimension: str(event.properties.get(name, "")) for dimension, name in names.items()}
