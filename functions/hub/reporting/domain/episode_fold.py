"""From archived episodes to a report: a pure fold, one episode after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from hub.expression.domain.compare import reach
from hub.kernel.times import iso
from hub.learning.domain.features import Feature
from hub.measurement.domain import sales_attribution
from hub.measurement.domain.attribution_account import kept_of
from hub.measurement.domain.sales_attribution import lines_of
from hub.model.action_trace import Trace, trace_of
from hub.model.attribution_entry import Attribution
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.decision_outcome import Mark
from hub.model.enrolment import Enrolment
from hub.model.episode import Recorded
from hub.model.event import Event
from hub.reporting.domain.report import ARMS, CALLS, REVENUE, SALES, TOTAL, Report, UnknownEnd

ENDS = ("delivered", "declined", "refused", "unknown")
HELD_OUT, TREATED = "held out", "treated"
OWN_SOURCE = "segue"
CONVERTED = "converted"
_UNKNOWN = ("action_id", "channel", "rule_id", "reason")
SALES_AND_RETURNS = sales_attribution.SALES | sales_attribution.RETURNS


@dataclass(frozen=True, slots=True)
class Teller:
    """`zone` is the owner's, in which days and hours are told; `features` are those of customers by
    which segments are told apart: as they were at that moment."""

    zone: tzinfo
    features: Sequence[Feature] = ()

    def take(self, report: Report, recorded: Recorded) -> None:
        """Counts one episode, which must come once."""
        episode = recorded.episode
        events = {event.id: event for event in episode.events}
        here = episode.decided_at.astimezone(self.zone)
        segments = list(self._segments(recorded.before))
        lines = lines_of(recorded.before)
        won = {line.trace.get("action_id", "") for line in lines if line.net}
        for decision in episode.decisions:
            line = _Line(report, here, segments, won, lines)
            line.decided(decision)
            if event := events.get(decision.event_id):
                line.happened(event)

    def _segments(self, customer: Customer) -> Iterator[str]:
        for feature in self.features:
            _, _, path = feature.name.partition("customer.")
            block, *names = path.split(".")
            value = reach(getattr(customer, block, None), *names)
            yield f"{path} {feature.bin_of(value)}"


@dataclass(frozen=True, slots=True)
class _Line:
    """One decision on its way into the report: all it tells is told of its day and segments too.
    `won` are the actions that have led to something by now, so that each does so once; `lines` the
    sales that are known by now, of which an order may be told whole and by lines."""

    report: Report
    here: datetime
    segments: Sequence[str]
    won: set[str]
    lines: list[sales_attribution.Line]

    def decided(self, decision: Decision) -> None:
        self._count({}, "decisions")
        for action in decision.actions:
            self._made(action)
        for mark in decision.marks:
            self._marked(mark)
        for attribution in decision.attributions:
            self._owed(attribution)
        for enrolment in decision.enrolments:
            self._enrolled(enrolment)

    def happened(self, event: Event) -> None:
        self._count({}, "events" if event.source != OWN_SOURCE else "own events")
        if event.type in SALES_AND_RETURNS and (told := sales_attribution.sale_of(event)):
            before = kept_of(self.lines)
            self.lines.append(told)
            for currency, amount in kept_of(self.lines).items():
                self._count({}, f"{SALES} {currency}", amount - before[currency])
        kind, _, end = event.type.partition(".")
        if kind == "action" and end in ENDS:
            self._ended(event, end)

    def _made(self, action: Action) -> None:
        about = _about(action)
        self._count(about, "actions")
        if action.channel in CHANNELS:
            self._count(about, "messages")
        if queue := action.what.get("queue"):
            self.report.count(CALLS, (str(queue), f"{self.here:%H}"), "calls")

    def _ended(self, event: Event, end: str) -> None:
        said = event.properties
        self._count(_of_outcome(event), end)
        if end == "unknown":
            name, channel, rule, reason = (str(said.get(word, "")) for word in _UNKNOWN)
            self.report.note([UnknownEnd(iso(event.occurred_at), name, channel, rule, reason)])

    def _marked(self, mark: Mark) -> None:
        if mark.word != CONVERTED:
            self._count(_about(mark.trace), "responses")
        elif mark.trace.action_id not in self.won:
            self.won.add(mark.trace.action_id)
            self._count(_about(mark.trace), "conversions")

    def _owed(self, attribution: Attribution) -> None:
        about = _about(attribution)
        self._count(about, f"{REVENUE} {attribution.currency}", attribution.amount)

    def _enrolled(self, enrolment: Enrolment) -> None:
        arm = HELD_OUT if enrolment.held_out else TREATED
        day = f"{enrolment.decided_at.astimezone(self.here.tzinfo):%Y-%m-%d}"
        measure = "converted" if enrolment.converted else "enrolled"
        self.report.count(ARMS, (enrolment.strategy, enrolment.experiment, arm, day), measure)

    def _count(self, about: Mapping[str, str], measure: str, by: int = 1) -> None:
        self.report.count(TOTAL, (), measure, by)
        self.report.count("day", (f"{self.here:%Y-%m-%d}",), measure, by)
        for segment in self.segments:
            self.report.count("segment", (segment,), measure, by)
        for dimension, name in about.items():
            if name:
                self.report.count(dimension, (name,), measure, by)


def _about(told: Action | Attribution | Trace) -> dict[str, str]:
    return {
        "strategy": told.strategy,
        "rule": told.rule_id,
        "offer": told.offer,
        "channel": told.channel,
    }


def _of_outcome(event: Event) -> dict[str, str]:
    """Of which action: one from before there were traces says so itself."""
    if trace := trace_of(event):
        return _about(trace)
    names = {"rule": "rule_id", "offer": "offer", "channel": "channel"}
    said = event.properties
    return {dimension: str(said.get(name, "")) for dimension, name in names.items()}
