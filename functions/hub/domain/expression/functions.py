"""The functions that expressions may call: what each takes and gives, for checker and compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.domain.expression import dates, history, texts
from hub.domain.fields import TEXT, Field, Kind

NUMBER = Field(Kind.NUMBER)
FLAG = Field(Kind.FLAG)


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` are its arguments' kinds, None being an event type in quotes; `options` are whole
    numbers by name, each with its largest value; `scoped` ones get event, customer and now first;
    `more` is how many more arguments like the last it may take.
    """

    call: Callable[..., Any]
    gives: Field
    takes: tuple[Kind | None, ...] = ()
    options: Mapping[str, int] = field(default_factory=dict)
    scoped: bool = False
    more: int = 0


_WINDOW = {"days": history.MAX_DAYS, "hours": history.MAX_HOURS}
_WITHIN = {"within_hours": history.MAX_HOURS}
_DATE = (Kind.MOMENT,)
_TWO_TEXTS = (Kind.TEXT, Kind.TEXT)

FUNCTIONS: Mapping[str, Function] = {
    "count": Function(history.count, NUMBER, (None,), _WINDOW, scoped=True),
    "seen": Function(history.seen, FLAG, (None,), _WINDOW, scoped=True),
    "first": Function(history.first, FLAG, (None,), scoped=True),
    "absent": Function(history.absent, FLAG, (None,), _WINDOW, scoped=True),
    "sequence": Function(history.sequence, FLAG, (None, None), _WITHIN, scoped=True, more=3),
    "since": Function(history.since, NUMBER, (None,), scoped=True),
    "age": Function(dates.age, NUMBER, _DATE, scoped=True),
    "days_since": Function(dates.days_since, NUMBER, _DATE, scoped=True),
    "days_until": Function(dates.days_until, NUMBER, _DATE, scoped=True),
    "days_until_anniversary": Function(dates.days_until_anniversary, NUMBER, _DATE, scoped=True),
    "weekday": Function(dates.weekday, Field(Kind.TEXT, values=dates.DAYS), scoped=True),
    "hour": Function(dates.hour, NUMBER, scoped=True),
    "known": Function(texts.known, FLAG, (Kind.ANY,)),
    "lower": Function(texts.lower, TEXT, (Kind.TEXT,)),
    "upper": Function(texts.upper, TEXT, (Kind.TEXT,)),
    "starts_with": Function(texts.starts_with, FLAG, _TWO_TEXTS),
    "ends_with": Function(texts.ends_with, FLAG, _TWO_TEXTS),
    "contains": Function(texts.contains, FLAG, _TWO_TEXTS),
    "size": Function(texts.size, NUMBER, (Kind.LIST,)),
    "distance_km": Function(texts.distance_km, NUMBER, (Kind.NUMBER,) * 4),
}
