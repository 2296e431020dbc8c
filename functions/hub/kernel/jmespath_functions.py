"""The functions of mappings beside JMESPath's own: exact money, times in UTC, phones, tables.

Every function returns null for null.
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

from hub.kernel.contact_details.phone import to_e164
from hub.kernel.json_types import Json
from hub.kernel.money import USUAL_DECIMALS, decimal_places
from hub.kernel.times import parse_time, to_iso

SourceTables = Mapping[str, Mapping[str, str]]

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_EXACT = Context(prec=80, traps=[Inexact])
_LARGEST_AMOUNT = 10**15
_SIGNIFICANT_DECIMALS = 6
_TEXT, _AMOUNT, _ANY = "string null", "string number null", ""
_Method = TypeVar("_Method", bound=Callable[..., object])


class MappingError(JMESPathError):
    """A value that a function cannot convert. Its text quotes no value."""


def _parse_decimal(value: str | float) -> Decimal:
    text = value.strip() if isinstance(value, str) else format(Decimal(repr(value)), "f")
    if not _DECIMAL.fullmatch(text):
        raise MappingError("is not a decimal number of at most 18 digits")
    return Decimal(text)


def _to_minor_units(amount: str | float, places: int) -> int:
    scaled = _EXACT.multiply(_parse_decimal(amount), Decimal(10) ** places)
    if scaled != int(scaled):
        raise MappingError(f"has more than {places} decimals")
    if abs(scaled) > _LARGEST_AMOUNT:
        raise MappingError("is too large for an amount")
    return int(scaled)


def _declare_arguments(*arguments: str) -> Callable[[_Method], _Method]:
    """Declares the JMESPath types of each argument; an empty text allows any type."""
    declared: list[Any] = [{"types": types.split()} for types in arguments]
    return signature(*declared)


class MappingFunctions(Functions):
    """The functions by their `_func_` names, as JMESPath finds them."""

    def __init__(self, tables: SourceTables, received_at: datetime | None) -> None:
        self._tables = tables
        self._received_at = received_at

    @_declare_arguments(_AMOUNT)
    def _func_minor(self, amount: str | float | None) -> int | None:
        """`minor('2.55')` is 255: exact. More than two decimals are an error."""
        return None if amount is None else _to_minor_units(amount, USUAL_DECIMALS)

    @_declare_arguments(_AMOUNT, _TEXT)
    def _func_money(self, amount: str | float | None, currency: str | None) -> int | None:
        """Does the same as `minor` with the currency's decimals (ISO 4217): 0 for JPY."""
        if amount is None:
            return None
        return _to_minor_units(amount, decimal_places((currency or "").upper()))

    @_declare_arguments(_AMOUNT, _AMOUNT)
    def _func_times(self, left: str | float | None, right: str | float | None) -> str | None:
        """`times('6', '2.55')` is '15.30': the exact product, as a decimal text."""
        if left is None or right is None:
            return None
        return format(_EXACT.multiply(_parse_decimal(left), _parse_decimal(right)), "f")

    @_declare_arguments(_TEXT, "string")
    def _func_time(self, value: str | None, zone: str) -> str | None:
        """Converts a time to UTC; a time without an offset is local time of the zone."""
        if value is None:
            return None
        zone_info = _load_zone(zone)
        try:
            local = datetime.fromisoformat(value.strip())
            return to_iso(local if local.tzinfo else local.replace(tzinfo=zone_info))
        except (OverflowError, ValueError) as error:
            raise MappingError("is not an ISO 8601 time") from error

    @_declare_arguments("number string null")
    def _func_epoch(self, seconds: float | str | None) -> str | None:
        """Converts seconds since 1970 began in UTC, also as a text of digits."""
        if seconds is None:
            return None
        try:
            return to_iso(datetime.fromtimestamp(float(_parse_decimal(seconds)), UTC))
        except (OSError, OverflowError, ValueError) as error:
            raise MappingError("is not a number of seconds since 1970") from error

    @_declare_arguments(_TEXT, _TEXT)
    def _func_corrected(self, occurred: str | None, sent: str | None) -> str | None:
        """Corrects the sender's clock: `received - (sent - occurred)`.

        However wrong the sender's clock is, the time between occurring and sending is right.
        Without `occurred` the result is the time of receiving; without `sent` it is `occurred`.
        """
        if occurred is None or sent is None or self._received_at is None:
            return self._func_received() if occurred is None else _to_utc(occurred)
        return _subtract(self._received_at, by=_parse_moment(sent) - _parse_moment(occurred))

    @_declare_arguments(_TEXT, _TEXT)
    def _func_elapsed(self, since: str | None, until: str | None) -> float | None:
        """The seconds from one time to another; negative if `until` is the earlier one."""
        if since is None or until is None:
            return None
        return (_parse_moment(until) - _parse_moment(since)).total_seconds()

    @_declare_arguments(_AMOUNT)
    def _func_near(self, amount: str | float | None) -> str | float | None:
        """Removes the rounding error of binary fractions: 27.999999999999996 is 28.

        Texts stay, and so does every number that a person would write.
        """
        return round(amount, _SIGNIFICANT_DECIMALS) if isinstance(amount, float) else amount

    @signature()
    def _func_received(self) -> str | None:
        """When the hub received the payload: for vendors that send no time."""
        return None if self._received_at is None else to_iso(self._received_at)

    @_declare_arguments(_TEXT, _TEXT)
    def _func_phone(self, value: str | None, region: str | None) -> str | None:
        """Converts to E.164. An impossible number is null, because the event is worth keeping."""
        return None if value is None else to_e164(value, region)

    @_declare_arguments(_TEXT, "string", "number")
    def _func_split(self, value: str | None, separator: str, index: int) -> str | None:
        """Returns one piece of a text, trimmed; null if it is missing or empty."""
        pieces = value.split(separator) if value is not None and separator else []
        return pieces[index].strip() or None if 0 <= index < len(pieces) else None

    @_declare_arguments(_TEXT, "string")
    def _func_lookup(self, value: str | None, name: str) -> str | None:
        """Looks the value up in a table of the source; else the table's `*`; else null."""
        if name not in self._tables:
            raise MappingError(f"there is no table {name}")
        table = self._tables[name]
        return None if value is None else table.get(value.strip(), table.get("*"))

    @_declare_arguments(_TEXT)
    def _func_trim(self, value: str | None) -> str | None:
        """Removes the blanks around a text; null if nothing is left."""
        return value.strip() or None if value is not None else None

    @_declare_arguments(_TEXT)
    def _func_upper(self, value: str | None) -> str | None:
        """Converts to capitals."""
        return None if value is None else value.upper()

    @_declare_arguments(_ANY, _ANY)
    def _func_when(self, condition: Json, value: Json) -> Json:
        """Returns the value if the condition is true, else null."""
        return value if condition is True else None


def _parse_moment(text: str) -> datetime:
    try:
        return parse_time(text.strip())
    except (OverflowError, ValueError) as error:
        raise MappingError("is not an ISO 8601 time") from error


def _to_utc(text: str) -> str:
    return to_iso(_parse_moment(text))


def _subtract(received_at: datetime, *, by: timedelta) -> str:
    try:
        return to_iso(received_at - by)
    except OverflowError as error:
        raise MappingError("is too far from the time of sending") from error


@cache
def _load_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as error:
        raise MappingError("is in an unknown time zone") from error
