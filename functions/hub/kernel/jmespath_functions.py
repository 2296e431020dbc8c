"""What mappings can do beside JMESPath: exact money, times in UTC, phones, tables.

Every function passes null on.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature

from hub.kernel.money import USUAL_DECIMALS, decimal_places
from hub.kernel.phone import to_e164
from hub.kernel.times import parse_time, to_iso

SourceTables = Mapping[str, Mapping[str, str]]

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_EXACT = Context(prec=80, traps=[Inexact])
_LARGEST_AMOUNT = 10**15
_SIGNIFICANT_DECIMALS = 6
_TEXT, _AMOUNT, _ANY = "string null", "string number null", ""
_Method = TypeVar("_Method", bound=Callable[..., Any])


class MappingError(JMESPathError):
    pass


def _decimal(value: str | float) -> Decimal:
    text = value.strip() if isinstance(value, str) else format(Decimal(repr(value)), "f")
    if not _DECIMAL.fullmatch(text):
        raise MappingError("is no decimal number of at most 18 digits")
    return Decimal(text)


def _to_minor_units(amount: str | float, places: int) -> int:
    scaled = _EXACT.multiply(_decimal(amount), Decimal(10) ** places)
    if scaled != int(scaled):
        raise MappingError(f"has more than {places} decimals")
    if abs(scaled) > _LARGEST_AMOUNT:
        raise MappingError("is too large for an amount")
    return int(scaled)


def _declare_arguments(*arguments: str) -> Callable[[_Method], _Method]:
    """Declares a function's arguments, each by the JMESPath types it may have; none is any."""
    declared: list[Any] = [{"types": types.split()} for types in arguments]
    return signature(*declared)


class MappingFunctions(Functions):
    """The registry that JMESPath looks its functions up in, by their `_func_` names."""

    def __init__(self, tables: SourceTables, received_at: datetime | None) -> None:
        self._tables = tables
        self._received_at = received_at

    @_declare_arguments(_AMOUNT)
    def _func_minor(self, amount: str | float | None) -> int | None:
        """`minor('2.55')` is 255: exact, and an error where there are more than two decimals."""
        return None if amount is None else _to_minor_units(amount, USUAL_DECIMALS)

    @_declare_arguments(_AMOUNT, _TEXT)
    def _func_money(self, amount: str | float | None, currency: str | None) -> int | None:
        """As `minor`, with as many decimals as ISO 4217 gives the currency: 0 for JPY."""
        if amount is None:
            return None
        return _to_minor_units(amount, decimal_places((currency or "").upper()))

    @_declare_arguments(_AMOUNT, _AMOUNT)
    def _func_times(self, a: str | float | None, b: str | float | None) -> str | None:
        """`times('6', '2.55')` is '15.30': the exact product, as a decimal text."""
        if a is None or b is None:
            return None
        return format(_EXACT.multiply(_decimal(a), _decimal(b)), "f")

    @_declare_arguments(_TEXT, "string")
    def _func_time(self, value: str | None, zone: str) -> str | None:
        """The moment in UTC; a time without an offset is local time in the zone."""
        if value is None:
            return None
        zone_info = _zone(zone)
        try:
            local = datetime.fromisoformat(value.strip())
            return to_iso(local if local.tzinfo else local.replace(tzinfo=zone_info))
        except (OverflowError, ValueError) as wrong:
            raise MappingError("is no ISO 8601 time") from wrong

    @_declare_arguments("number string null")
    def _func_epoch(self, seconds: float | str | None) -> str | None:
        """The moment so many seconds after 1970 began in UTC, which may be a text of digits."""
        if seconds is None:
            return None
        try:
            return to_iso(datetime.fromtimestamp(float(_decimal(seconds)), UTC))
        except (OSError, OverflowError, ValueError) as wrong:
            raise MappingError("is no number of seconds since 1970") from wrong

    @_declare_arguments(_TEXT, _TEXT)
    def _func_corrected(self, said: str | None, sent: str | None) -> str | None:
        """When it happened by our clock: as long before it was received as the sender's clock,
        however wrong, says it was before sending. Without a time it happened just now; without a
        time of sending the sender's clock is believed."""
        if said is None or sent is None or self._received_at is None:
            return self._func_received() if said is None else _to_utc(said)
        return _subtract(self._received_at, by=_parse_moment(sent) - _parse_moment(said))

    @_declare_arguments(_AMOUNT)
    def _func_near(self, amount: str | float | None) -> str | float | None:
        """A number without the dust of binary fractions: 27.999999999999996 is 28. No text is
        touched, and nothing that a person would have written."""
        return round(amount, _SIGNIFICANT_DECIMALS) if isinstance(amount, float) else amount

    @signature()
    def _func_received(self) -> str | None:
        """When the hub received it: for what the vendor gives no time of its own."""
        return None if self._received_at is None else to_iso(self._received_at)

    @_declare_arguments(_TEXT, _TEXT)
    def _func_phone(self, value: str | None, region: str | None) -> str | None:
        """E.164, or null for what is no possible number: no reason to lose the event."""
        return None if value is None else to_e164(value, region)

    @_declare_arguments(_TEXT, "string", "number")
    def _func_split(self, value: str | None, separator: str, index: int) -> str | None:
        """One piece of a text, trimmed; null where there is none or it is empty."""
        pieces = value.split(separator) if value is not None and separator else []
        return pieces[index].strip() or None if 0 <= index < len(pieces) else None

    @_declare_arguments(_TEXT, "string")
    def _func_lookup(self, value: str | None, name: str) -> str | None:
        """What the source's table has for the value; else its `*`; else null."""
        if name not in self._tables:
            raise MappingError(f"there is no table {name}")
        table = self._tables[name]
        return None if value is None else table.get(value.strip(), table.get("*"))

    @_declare_arguments(_TEXT)
    def _func_trim(self, value: str | None) -> str | None:
        """Without the blanks around it; null if nothing else is in it."""
        return value.strip() or None if value is not None else None

    @_declare_arguments(_TEXT)
    def _func_upper(self, value: str | None) -> str | None:
        """In capitals."""
        return None if value is None else value.upper()

    @_declare_arguments(_ANY, _ANY)
    def _func_when(self, condition: Any, value: Any) -> Any:
        """The value where the condition is true, else null."""
        return value if condition is True else None


def _parse_moment(text: str) -> datetime:
    try:
        return parse_time(text.strip())
    except (OverflowError, ValueError) as wrong:
        raise MappingError("is no ISO 8601 time") from wrong


def _to_utc(text: str) -> str:
    return to_iso(_parse_moment(text))


def _subtract(received_at: datetime, *, by: timedelta) -> str:
    try:
        return to_iso(received_at - by)
    except OverflowError as wrong:
        raise MappingError("is too far from when it was sent") from wrong


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as wrong:
        raise MappingError("is in no known time zone") from wrong
