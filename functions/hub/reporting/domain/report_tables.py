"""A report as tables: the same in the workbook, in the terminal and as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hub.kernel.money import to_major_units
from hub.reporting.domain.episode_fold import HELD_OUT, TREATED
from hub.reporting.domain.proportion_interval import newcombe_interval, rate_of
from hub.reporting.domain.report import (
    ARM_TABLE,
    CALL_TABLE,
    REVENUE_MEASURE,
    SALES_MEASURE,
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
    """How the values of a column are written; `POINTS` is a difference of shares."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    MONEY = "money"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """`kinds` are those of its columns."""

    title: str
    columns: tuple[str, ...]
    formats: tuple[ColumnFormat, ...]
    rows: tuple[ReportRow, ...]

    def to_dict(self) -> list[dict[str, CellValue]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A report of the days from `first` to `last`, both included, in the time zone `zone`."""

    report: Report
    first: date
    last: date
    zone: str

    def build_tables(self) -> tuple[ReportTable, ...]:
        report = self.report
        named = (
            _build_dimension_table(report, title, of) for title, of in TABLE_DIMENSIONS.items()
        )
        return (
            _build_summary(report),
            *named,
            _build_lift_table(report, self.first, self.last),
            _build_calls_table(report),
            _build_unknowns_table(report),
        )

    def to_dict(self) -> dict[str, Any]:
        days = {"first": self.first.isoformat(), "last": self.last.isoformat(), "zone": self.zone}
        return {**days, **{table.title: table.to_dict() for table in self.build_tables()}}


def list_currencies(report: Report) -> list[str]:
    measures = (name.partition(" ") for name in report.totals)
    return sorted({of for kind, _, of in measures if kind in (SALES_MEASURE, REVENUE_MEASURE)})


def _build_summary(report: Report) -> ReportTable:
    totals = report.totals
    rows: list[ReportRow] = [
        (name, "", totals[name]) for name in ("events", "decisions", "actions", *FUNNEL)
    ]
    for currency in list_currencies(report):
        sold, owed = (totals[f"{kind} {currency}"] for kind in (SALES_MEASURE, REVENUE_MEASURE))
        for name, amount in (("sales", sold), ("attributed", owed), ("unattributed", sold - owed)):
            rows.append((name, currency, to_major_units(amount, currency)))
    kinds = (ColumnFormat.TEXT, ColumnFormat.TEXT, ColumnFormat.COUNT)
    return ReportTable("summary", ("figure", "currency", "value"), kinds, tuple(rows))


def _build_dimension_table(report: Report, title: str, dimension: str) -> ReportTable:
    known = list_currencies(report)
    measures = ("events", "decisions", *FUNNEL) if dimension == "day" else FUNNEL
    money = tuple(f"{REVENUE_MEASURE} {currency}" for currency in known)
    if dimension == "day":
        money = tuple(
            f"{kind} {currency}" for currency in known for kind in (SALES_MEASURE, REVENUE_MEASURE)
        )
    rows: list[ReportRow] = [
        (*names, *(measured[name] for name in measures), *_to_major_units(measured, money))
        for names, measured in report.rows(dimension).items()
    ]
    kinds = (
        ColumnFormat.TEXT,
        *(ColumnFormat.COUNT,) * len(measures),
        *(ColumnFormat.MONEY,) * len(money),
    )
    return ReportTable(title, (dimension, *measures, *money), kinds, tuple(rows))


def _to_major_units(measured: Counter[str], names: Sequence[str]) -> Iterator[float]:
    for name in names:
        yield to_major_units(measured[name], name.partition(" ")[2])


def _build_lift_table(report: Report, first: date, last: date) -> ReportTable:
    """Of those who were enrolled on these days: how many more of the treated reached the goal."""
    arms: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    for (strategy, experiment, arm, day), counted in report.rows(ARM_TABLE).items():
        if not first.isoformat() <= day <= last.isoformat():
            continue
        both = arms.setdefault((strategy, experiment), {HELD_OUT: Counter(), TREATED: Counter()})
        both[arm].update(counted)
    columns = ("strategy", "holdout", "treated", "converted", "held out", "converted anyway")
    ends = ("rate", "rate anyway", "lift", "low", "high")
    kinds = (
        *(ColumnFormat.TEXT,) * 2,
        *(ColumnFormat.COUNT,) * 4,
        *(ColumnFormat.SHARE,) * 2,
        *(ColumnFormat.POINTS,) * 3,
    )
    rows = tuple((*names, *_compare_arms(both)) for names, both in sorted(arms.items()))
    return ReportTable("lift", (*columns, *ends), kinds, rows)


def _compare_arms(arms: Mapping[str, Counter[str]]) -> tuple[CellValue, ...]:
    treated, held_out = (arms[arm]["enrolled"] for arm in (TREATED, HELD_OUT))
    converted, anyway = (arms[arm]["converted"] for arm in (TREATED, HELD_OUT))
    rate, rate_anyway = rate_of(converted, treated), rate_of(anyway, held_out)
    low, high = newcombe_interval(converted, treated, anyway, held_out)
    ends = (rate, rate_anyway, rate - rate_anyway, low, high)
    return (treated, converted, held_out, anyway, *(round(end, _DIGITS) for end in ends))


def _build_calls_table(report: Report) -> ReportTable:
    """By call queue, how many calls were asked for in each hour of the owner's day."""
    queues: dict[str, Counter[str]] = {}
    for (queue, hour), counted in report.rows(CALL_TABLE).items():
        queues.setdefault(queue, Counter())[hour] = counted["calls"]
    rows: list[ReportRow] = [
        (name, *(hours[hour] for hour in _HOURS)) for name, hours in sorted(queues.items())
    ]
    kinds = (ColumnFormat.TEXT, *(ColumnFormat.COUNT,) * len(_HOURS))
    return ReportTable("calls", ("queue", *_HOURS), kinds, tuple(rows))


def _build_unknowns_table(report: Report) -> ReportTable:
    columns = ("at", "action", "channel", "rule", "reason")
    rows = tuple((o.at, o.action_id, o.channel, o.rule, o.reason) for o in report.unknown)
    return ReportTable("unknowns", columns, (ColumnFormat.TEXT,) * len(columns), rows)
