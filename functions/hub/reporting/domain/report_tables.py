"""A report as tables: the same in the workbook, in the terminal and as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hub.kernel.money import major
from hub.reporting.domain.episode_fold import HELD_OUT, TREATED
from hub.reporting.domain.proportion_interval import newcombe, rate_of
from hub.reporting.domain.report import ARMS, CALLS, REVENUE, SALES, Report

Value = str | int | float
Row = tuple[Value, ...]
FUNNEL = ("messages", "delivered", "declined", "refused", "unknown", "responses", "conversions")
DIMENSIONS = {
    "days": "day",
    "strategies": "strategy",
    "rules": "rule",
    "offers": "offer",
    "channels": "channel",
    "segments": "segment",
}
_DIGITS = 6
_HOURS = tuple(f"{hour:02}" for hour in range(24))


class Kind(StrEnum):
    """How the values of a column are written; `POINTS` is a difference of shares."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    MONEY = "money"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Table:
    """`kinds` are those of its columns."""

    title: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: tuple[Row, ...]

    def to_dict(self) -> list[dict[str, Value]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Told:
    """A report of the days from `first` to `last`, both included, in the time zone `zone`."""

    report: Report
    first: date
    last: date
    zone: str

    def tables(self) -> tuple[Table, ...]:
        report = self.report
        named = (_by(report, title, of) for title, of in DIMENSIONS.items())
        return (
            _summary(report),
            *named,
            _lift(report, self.first, self.last),
            _calls(report),
            _unknown(report),
        )

    def to_dict(self) -> dict[str, Any]:
        days = {"first": self.first.isoformat(), "last": self.last.isoformat(), "zone": self.zone}
        return {**days, **{table.title: table.to_dict() for table in self.tables()}}


def currencies(report: Report) -> list[str]:
    measures = (name.partition(" ") for name in report.totals)
    return sorted({of for kind, _, of in measures if kind in (SALES, REVENUE)})


def _summary(report: Report) -> Table:
    totals = report.totals
    rows: list[Row] = [
        (name, "", totals[name]) for name in ("events", "decisions", "actions", *FUNNEL)
    ]
    for currency in currencies(report):
        sold, owed = (totals[f"{kind} {currency}"] for kind in (SALES, REVENUE))
        for name, amount in (("sales", sold), ("attributed", owed), ("unattributed", sold - owed)):
            rows.append((name, currency, major(amount, currency)))
    kinds = (Kind.TEXT, Kind.TEXT, Kind.COUNT)
    return Table("summary", ("figure", "currency", "value"), kinds, tuple(rows))


def _by(report: Report, title: str, dimension: str) -> Table:
    known = currencies(report)
    measures = ("events", "decisions", *FUNNEL) if dimension == "day" else FUNNEL
    money = tuple(f"{REVENUE} {currency}" for currency in known)
    if dimension == "day":
        money = tuple(f"{kind} {currency}" for currency in known for kind in (SALES, REVENUE))
    rows: list[Row] = [
        (*names, *(measured[name] for name in measures), *_money(measured, money))
        for names, measured in report.rows(dimension).items()
    ]
    kinds = (Kind.TEXT, *(Kind.COUNT,) * len(measures), *(Kind.MONEY,) * len(money))
    return Table(title, (dimension, *measures, *money), kinds, tuple(rows))


def _money(measured: Counter[str], names: Sequence[str]) -> Iterator[float]:
    for name in names:
        yield major(measured[name], name.partition(" ")[2])


def _lift(report: Report, first: date, last: date) -> Table:
    """Of those who were enrolled on these days: how many more of the treated reached the goal."""
    arms: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    for (strategy, experiment, arm, day), counted in report.rows(ARMS).items():
        if not first.isoformat() <= day <= last.isoformat():
            continue
        both = arms.setdefault((strategy, experiment), {HELD_OUT: Counter(), TREATED: Counter()})
        both[arm].update(counted)
    columns = ("strategy", "holdout", "treated", "converted", "held out", "converted anyway")
    ends = ("rate", "rate anyway", "lift", "low", "high")
    kinds = (*(Kind.TEXT,) * 2, *(Kind.COUNT,) * 4, *(Kind.SHARE,) * 2, *(Kind.POINTS,) * 3)
    rows = tuple((*names, *_arms(both)) for names, both in sorted(arms.items()))
    return Table("lift", (*columns, *ends), kinds, rows)


def _arms(arms: Mapping[str, Counter[str]]) -> tuple[Value, ...]:
    treated, held_out = (arms[arm]["enrolled"] for arm in (TREATED, HELD_OUT))
    converted, anyway = (arms[arm]["converted"] for arm in (TREATED, HELD_OUT))
    rate, rate_anyway = rate_of(converted, treated), rate_of(anyway, held_out)
    low, high = newcombe(converted, treated, anyway, held_out)
    ends = (rate, rate_anyway, rate - rate_anyway, low, high)
    return (treated, converted, held_out, anyway, *(round(end, _DIGITS) for end in ends))


def _calls(report: Report) -> Table:
    """By call queue, how many calls were asked for in each hour of the owner's day."""
    queues: dict[str, Counter[str]] = {}
    for (queue, hour), counted in report.rows(CALLS).items():
        queues.setdefault(queue, Counter())[hour] = counted["calls"]
    rows: list[Row] = [
        (name, *(hours[hour] for hour in _HOURS)) for name, hours in sorted(queues.items())
    ]
    kinds = (Kind.TEXT, *(Kind.COUNT,) * len(_HOURS))
    return Table("calls", ("queue", *_HOURS), kinds, tuple(rows))


def _unknown(report: Report) -> Table:
    columns = ("at", "action", "channel", "rule", "reason")
    rows = tuple((o.at, o.action_id, o.channel, o.rule, o.reason) for o in report.unknown)
    return Table("unknowns", columns, (Kind.TEXT,) * len(columns), rows)
