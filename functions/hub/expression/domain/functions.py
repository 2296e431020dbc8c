"""The functions that expressions may call: what each takes and gives, for checker and compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.expression.domain import dates, history, surroundings_functions, text_functions
from hub.expression.domain.field_types import TEXT, Field, FieldKind

NUMBER = Field(FieldKind.NUMBER)
FLAG = Field(FieldKind.FLAG)


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` are its arguments' kinds, None being an event type in quotes; `options` are whole
    numbers by name, each with its largest value; `given` are the roots that it gets first; `more`
    is how many more arguments like the last it may take.
    """

    call: Callable[..., Any]
    gives: Field
    takes: tuple[FieldKind | None, ...] = ()
    options: Mapping[str, int] = field(default_factory=dict)
    root_arguments: tuple[str, ...] = ()
    max_extra_arguments: int = 0


_WINDOW = {"days": history.MAX_DAYS, "hours": history.MAX_HOURS}
_WITHIN = {"within_hours": history.MAX_HOURS}
_DAYS = {"days": history.MAX_DAYS}
_CUSTOMER_ROOTS = ("event", "customer", "now")
_SURROUNDINGS_ROOT = ("surroundings",)
_DATE = (FieldKind.MOMENT,)
_TWO_TEXTS = (FieldKind.TEXT, FieldKind.TEXT)

FUNCTIONS: Mapping[str, Function] = {
    "count": Function(history.count, NUMBER, (None,), _WINDOW, root_arguments=_CUSTOMER_ROOTS),
    "seen": Function(history.seen, FLAG, (None,), _WINDOW, root_arguments=_CUSTOMER_ROOTS),
    "first": Function(history.first, FLAG, (None,), root_arguments=_CUSTOMER_ROOTS),
    "absent": Function(history.absent, FLAG, (None,), _WINDOW, root_arguments=_CUSTOMER_ROOTS),
    "sequence": Function(
        history.sequence,
        FLAG,
        (None, None),
        _WITHIN,
        root_arguments=_CUSTOMER_ROOTS,
        max_extra_arguments=3,
    ),
    "sum": Function(
        history.sum_amounts,
        NUMBER,
        (None, FieldKind.CURRENCY),
        _DAYS,
        root_arguments=_CUSTOMER_ROOTS,
    ),
    "since": Function(history.since, NUMBER, (None,), root_arguments=_CUSTOMER_ROOTS),
    "age": Function(dates.age, NUMBER, _DATE, root_arguments=_CUSTOMER_ROOTS),
    "days_since": Function(dates.days_since, NUMBER, _DATE, root_arguments=_CUSTOMER_ROOTS),
    "days_until": Function(dates.days_until, NUMBER, _DATE, root_arguments=_CUSTOMER_ROOTS),
    "days_until_anniversary": Function(
        dates.days_until_anniversary, NUMBER, _DATE, root_arguments=_CUSTOMER_ROOTS
    ),
    "weekday": Function(
        dates.weekday, Field(FieldKind.TEXT, values=dates.WEEKDAYS), root_arguments=_CUSTOMER_ROOTS
    ),
    "hour": Function(dates.hour, NUMBER, root_arguments=_CUSTOMER_ROOTS),
    "stock": Function(
        surroundings_functions.stock, NUMBER, (FieldKind.TEXT,), root_arguments=_SURROUNDINGS_ROOT
    ),
    "free_slots": Function(
        surroundings_functions.free_slots,
        NUMBER,
        (FieldKind.TEXT,),
        root_arguments=_SURROUNDINGS_ROOT,
    ),
    "promotion": Function(
        surroundings_functions.promotion, FLAG, (FieldKind.TEXT,), root_arguments=_SURROUNDINGS_ROOT
    ),
    "known": Function(text_functions.known, FLAG, (FieldKind.ANY,)),
    "lower": Function(text_functions.lower, TEXT, (FieldKind.TEXT,)),
    "upper": Function(text_functions.upper, TEXT, (FieldKind.TEXT,)),
    "starts_with": Function(text_functions.starts_with, FLAG, _TWO_TEXTS),
    "ends_with": Function(text_functions.ends_with, FLAG, _TWO_TEXTS),
    "contains": Function(text_functions.contains, FLAG, _TWO_TEXTS),
    "size": Function(text_functions.size, NUMBER, (FieldKind.LIST,)),
    "distance_km": Function(text_functions.distance_km, NUMBER, (FieldKind.NUMBER,) * 4),
}
