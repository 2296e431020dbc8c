"""The tables of a report: the same in the workbook, in the terminal and as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.kernel.json_types import Json
from hub.kernel.money import to_major_units
from hub.reporting.domain.episode_fold import HELD_OUT, TREATED
from hub.reporting.domain.proportion_interval import newcombe_interval, rate_of
from hub.reporting.domain.report import (
    ARM_TABLE,
    CALL_TABLE,
    REVENUE_MEASURE,
    SALES_MEASURE,
    UNCOUNTED_MEASURE,
    Report,
)

CellValue = str | int | float
ReportRow = tuple[CellValue, ...]
FUNNEL = ("messages", "delivered", "declined", "refused", "unknown", "responses", "conversions")
TABLE_DIMENSIONS = {
    "days": "day",
    "strategies": "strategy",
    "rules": "rule",
    "offers": "offer",
    "channels": "channel",
    "segments": "segment",
}
_DIGITS = 6
_HOURS = tuple(f"{hour:02}" for hour in range(24))


class ColumnFormat(StrEnum):
    """The format of a column's values; `POINTS` is a difference of shares."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    MONEY = "money"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table; `formats` are those of its columns."""

    title: str
    columns: tuple[str, ...]
    formats: tuple[ColumnFormat, ...]
    rows: tuple[ReportRow, ...]

    def to_dict(self) -> list[dict[str, CellValue]]:
        """The rows as JSON objects."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A report of the days from `first` to `last`, both included, in the time zone `zone`."""

    report: Report
    first: date
    last: date
    zone: str

    def build_tables(self) -> tuple[ReportTable, ...]:
        """Builds all tables, in the order of the workbook's sheets."""
        report = self.report
        dimension_tables = (
            _build_dimension_table(report, title, dimension)
            for title, dimension in TABLE_DIMENSIONS.items()
        )
        return (
            _build_summary(report),
            *dimension_tables,
            _build_lift_table(report, self.first, self.last),
            _build_calls_table(report),
            _build_unknowns_table(report),
        )

    def to_dict(self) -> dict[str, Json]:
        days = {"first": self.first.isoformat(), "last": self.last.isoformat(), "zone": self.zone}
        return {**days, **{table.title: table.to_dict() for table in self.build_tables()}}


def list_currencies(report: Report) -> list[str]:
    """Lists the currencies of all sales."""
    measures = (name.partition(" ") for name in report.totals)
    return sorted(
        {currency for kind, _, currency in measures if kind in (SALES_MEASURE, REVENUE_MEASURE)}
    )


def _build_summary(report: Report) -> ReportTable:
    totals = report.totals
    rows: list[ReportRow] = [
        (name, "", totals[name]) for name in ("events", "decisions", "actions", *FUNNEL)
    ]
    if uncounted := totals[UNCOUNTED_MEASURE]:
        rows.append((UNCOUNTED_MEASURE, "", uncounted))
    for currency in list_currencies(report):
        sales, attributed = (
            totals[f"{kind} {currency}"] for kind in (SALES_MEASURE, REVENUE_MEASURE)
        )
        for name, amount in (
            ("sales", sales),
            ("attributed", attributed),
            ("unattributed", sales - attributed),
        ):
            rows.append((name, currency, to_major_units(amount, currency)))
    formats = (ColumnFormat.TEXT, ColumnFormat.TEXT, ColumnFormat.COUNT)
    return ReportTable("summary", ("figure", "currency", "value"), formats, tuple(rows))


def _build_dimension_table(report: Report, title: str, dimension: str) -> ReportTable:
    currencies = list_currencies(report)
    measures = ("events", "decisions", *FUNNEL) if dimension == "day" else FUNNEL
    money_kinds = (SALES_MEASURE, REVENUE_MEASURE) if dimension == "day" else (REVENUE_MEASURE,)
    money = tuple(f"{kind} {currency}" for currency in currencies for kind in money_kinds)
    rows: list[ReportRow] = [
        (*names, *(sums[name] for name in measures), *_to_major_units(sums, money))
        for names, sums in report.rows(dimension).items()
    ]
    formats = (
        ColumnFormat.TEXT,
        *(ColumnFormat.COUNT,) * len(measures),
        *(ColumnFormat.MONEY,) * len(money),
    )
    return ReportTable(title, (dimension, *measures, *money), formats, tuple(rows))


def _to_major_units(sums: Counter[str], names: Sequence[str]) -> Iterator[float]:
    for name in names:
        yield to_major_units(sums[name], name.partition(" ")[2])


def _build_lift_table(report: Report, first: date, last: date) -> ReportTable:
    """Builds the lift of each holdout, over the customers who were enrolled on these days."""
    experiments: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    for (strategy, experiment, arm, day), sums in report.rows(ARM_TABLE).items():
        if not first.isoformat() <= day <= last.isoformat():
            continue
        arms = experiments.setdefault(
            (strategy, experiment), {HELD_OUT: Counter(), TREATED: Counter()}
        )
        arms[arm].update(sums)
    columns = ("strategy", "holdout", "treated", "converted", "held out", "converted anyway")
    rates = ("rate", "rate anyway", "lift", "low", "high")
    formats = (
        *(ColumnFormat.TEXT,) * 2,
        *(ColumnFormat.COUNT,) * 4,
        *(ColumnFormat.SHARE,) * 2,
        *(ColumnFormat.POINTS,) * 3,
    )
    rows = tuple((*names, *_compare_arms(arms)) for names, arms in sorted(experiments.items()))
    return ReportTable("lift", (*columns, *rates), formats, rows)


def _compare_arms(arms: Mapping[str, Counter[str]]) -> tuple[CellValue, ...]:
    treated, held_out = (arms[arm]["enrolled"] for arm in (TREATED, HELD_OUT))
    converted, anyway = (arms[arm]["converted"] for arm in (TREATED, HELD_OUT))
    rate, rate_anyway = rate_of(converted, treated), rate_of(anyway, held_out)
    low, high = newcombe_interval(converted, treated, anyway, held_out)
    rates = (rate, rate_anyway, rate - rate_anyway, low, high)
    return (treated, converted, held_out, anyway, *(round(value, _DIGITS) for value in rates))


def _build_calls_table(report: Report) -> ReportTable:
    """Builds the number of calls of each queue and hour of the day."""
    queues: dict[str, Counter[str]] = {}
    for (queue, hour), sums in report.rows(CALL_TABLE).items():
        queues.setdefault(queue, Counter())[hour] = sums["calls"]
    rows: list[ReportRow] = [
        (name, *(hours[hour] for hour in _HOURS)) for name, hours in sorted(queues.items())
    ]
    formats = (ColumnFormat.TEXT, *(ColumnFormat.COUNT,) * len(_HOURS))
    return ReportTable("calls", ("queue", *_HOURS), formats, tuple(rows))


def _build_unknowns_table(report: Report) -> ReportTable:
    columns = ("at", "action", "channel", "rule", "reason")
    rows = tuple((o.at, o.action_id, o.channel, o.rule, o.reason) for o in report.unknown)
    return ReportTable("unknowns", columns, (ColumnFormat.TEXT,) * len(columns), rows)
