"""The functions that expressions may call: what each takes and gives, for checker and compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.expression.domain import dates, history, surroundings_functions, text_functions
from hub.expression.domain.field_types import TEXT, Field, Kind

NUMBER = Field(Kind.NUMBER)
FLAG = Field(Kind.FLAG)


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` are its arguments' kinds, None being an event type in quotes; `options` are whole
    numbers by name, each with its largest value; `given` are the roots that it gets first; `more`
    is how many more arguments like the last it may take.
    """

    call: Callable[..., Any]
    gives: Field
    takes: tuple[Kind | None, ...] = ()
    options: Mapping[str, int] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    more: int = 0


_WINDOW = {"days": history.MAX_DAYS, "hours": history.MAX_HOURS}
_WITHIN = {"within_hours": history.MAX_HOURS}
_DAYS = {"days": history.MAX_DAYS}
_OF_THE_CUSTOMER = ("event", "customer", "now")
_AROUND = ("surroundings",)
_DATE = (Kind.MOMENT,)
_TWO_TEXTS = (Kind.TEXT, Kind.TEXT)

FUNCTIONS: Mapping[str, Function] = {
    "count": Function(history.count, NUMBER, (None,), _WINDOW, given=_OF_THE_CUSTOMER),
    "seen": Function(history.seen, FLAG, (None,), _WINDOW, given=_OF_THE_CUSTOMER),
    "first": Function(history.first, FLAG, (None,), given=_OF_THE_CUSTOMER),
    "absent": Function(history.absent, FLAG, (None,), _WINDOW, given=_OF_THE_CUSTOMER),
    "sequence": Function(
        history.sequence, FLAG, (None, None), _WITHIN, given=_OF_THE_CUSTOMER, more=3
    ),
    "sum": Function(history.summed, NUMBER, (None, Kind.CURRENCY), _DAYS, given=_OF_THE_CUSTOMER),
    "since": Function(history.since, NUMBER, (None,), given=_OF_THE_CUSTOMER),
    "age": Function(dates.age, NUMBER, _DATE, given=_OF_THE_CUSTOMER),
    "days_since": Function(dates.days_since, NUMBER, _DATE, given=_OF_THE_CUSTOMER),
    "days_until": Function(dates.days_until, NUMBER, _DATE, given=_OF_THE_CUSTOMER),
    "days_until_anniversary": Function(
        dates.days_until_anniversary, NUMBER, _DATE, given=_OF_THE_CUSTOMER
    ),
    "weekday": Function(dates.weekday, Field(Kind.TEXT, values=dates.DAYS), given=_OF_THE_CUSTOMER),
    "hour": Function(dates.hour, NUMBER, given=_OF_THE_CUSTOMER),
    "stock": Function(surroundings_functions.stock, NUMBER, (Kind.TEXT,), given=_AROUND),
    "free_slots": Function(surroundings_functions.free_slots, NUMBER, (Kind.TEXT,), given=_AROUND),
    "promotion": Function(surroundings_functions.promotion, FLAG, (Kind.TEXT,), given=_AROUND),
    "known": Function(text_functions.known, FLAG, (Kind.ANY,)),
    "lower": Function(text_functions.lower, TEXT, (Kind.TEXT,)),
    "upper": Function(text_functions.upper, TEXT, (Kind.TEXT,)),
    "starts_with": Function(text_functions.starts_with, FLAG, _TWO_TEXTS),
    "ends_with": Function(text_functions.ends_with, FLAG, _TWO_TEXTS),
    "contains": Function(text_functions.contains, FLAG, _TWO_TEXTS),
    "size": Function(text_functions.size, NUMBER, (Kind.LIST,)),
    "distance_km": Function(text_functions.distance_km, NUMBER, (Kind.NUMBER,) * 4),
}
