"""Mappings: JMESPath (https://jmespath.org) and the few functions that sources need beside it.

A mapping is a tree like the canonical event; its texts are expressions on the payload. What comes
out as null is left out, and so is a group of which nothing is left. Every function passes null on.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Context, Decimal, Inexact
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult

from hub.domain.errors import Rejected
from hub.domain.phone import e164
from hub.domain.times import iso

Tables = Mapping[str, Mapping[str, str]]

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_EXACT = Context(prec=80, traps=[Inexact])
_LARGEST_AMOUNT = 10**15
_TOO_LARGE = 2**63
_TEXT, _AMOUNT, _ANY = "string null", "string number null", ""
_Method = TypeVar("_Method", bound=Callable[..., Any])


class Mapper:
    """Evaluates expressions on payloads, with one source's tables."""

    def __init__(self, tables: Tables) -> None:
        self._options = jmespath.Options(custom_functions=_Functions(tables))

    def value(self, expression: str, payload: Any, field: str) -> Any:
        """Raises `Rejected` naming `field` when the expression cannot be evaluated."""
        try:
            found = _compiled(expression).search(payload, self._options)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Rejected(f"cannot be mapped: {_words(error)}", field) from error
        if isinstance(found, int | float) and not abs(found) < _TOO_LARGE:
            raise Rejected("cannot be mapped: is no number of a usable size", field)
        return found

    def tree(self, tree: Mapping[str, Any], payload: Any, path: str = "") -> dict[str, Any]:
        """The tree with its expressions' values."""
        values: dict[str, Any] = {}
        for name, node in tree.items():
            field = f"{path}.{name}" if path else name
            value = (
                self.tree(node, payload, field) or None
                if isinstance(node, Mapping)
                else self.value(node, payload, field)
                if isinstance(node, str)
                else node
            )
            if value is not None:
                values[name] = value
        return values


@cache
def _compiled(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def _words(error: Exception) -> str:
    """Our own errors in their words; the library's would quote the value, which may be personal."""
    return str(error) if isinstance(error, _MappingError) else type(error).__name__


class _MappingError(JMESPathError):
    pass


def _decimal(value: str | float) -> Decimal:
    text = value.strip() if isinstance(value, str) else format(Decimal(repr(value)), "f")
    if not _DECIMAL.fullmatch(text):
        raise _MappingError("is no decimal number of at most 18 digits")
    return Decimal(text)


def _takes(*arguments: str) -> Callable[[_Method], _Method]:
    """Declares a function's arguments, each by the JMESPath types it may have; none is any."""
    declared: list[Any] = [{"types": types.split()} for types in arguments]
    return signature(*declared)


class _Functions(Functions):
    """The registry that JMESPath looks its functions up in, by their `_func_` names."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @_takes(_AMOUNT)
    def _func_minor(self, amount: str | float | None) -> int | None:
        """`minor('2.55')` is 255: exact, and an error where there are more than two decimals."""
        if amount is None:
            return None
        scaled = _EXACT.multiply(_decimal(amount), Decimal(100))
        if scaled != int(scaled):
            raise _MappingError("has more than 2 decimals")
        if abs(scaled) > _LARGEST_AMOUNT:
            raise _MappingError("is too large for an amount")
        return int(scaled)

    @_takes(_AMOUNT, _AMOUNT)
    def _func_times(self, a: str | float | None, b: str | float | None) -> str | None:
        """`times('6', '2.55')` is '15.30': the exact product, as a decimal text."""
        if a is None or b is None:
            return None
        return format(_EXACT.multiply(_decimal(a), _decimal(b)), "f")

    @_takes(_TEXT, "string")
    def _func_time(self, value: str | None, zone: str) -> str | None:
        """The moment in UTC; a time without an offset is local time in the zone."""
        if value is None:
            return None
        zone_info = _zone(zone)
        try:
            local = datetime.fromisoformat(value.strip())
            return iso(local if local.tzinfo else local.replace(tzinfo=zone_info))
        except (OverflowError, ValueError) as wrong:
            raise _MappingError("is no ISO 8601 time") from wrong

    @_takes(_TEXT, _TEXT)
    def _func_phone(self, value: str | None, region: str | None) -> str | None:
        """E.164, or null for what is no possible number: no reason to lose the event."""
        return None if value is None else e164(value, region)

    @_takes(_TEXT, "string", "number")
    def _func_split(self, value: str | None, separator: str, index: int) -> str | None:
        """One piece of a text, trimmed; null where there is none or it is empty."""
        pieces = value.split(separator) if value is not None and separator else []
        return pieces[index].strip() or None if 0 <= index < len(pieces) else None

    @_takes(_TEXT, "string")
    def _func_lookup(self, value: str | None, name: str) -> str | None:
        """What the source's table has for the value; else its `*`; else null."""
        if name not in self._tables:
            raise _MappingError(f"there is no table {name}")
        table = self._tables[name]
        return None if value is None else table.get(value.strip(), table.get("*"))

    @_takes(_TEXT)
    def _func_trim(self, value: str | None) -> str | None:
        """Without the blanks around it; null if nothing else is in it."""
        return value.strip() or None if value is not None else None

    @_takes(_ANY, _ANY)
    def _func_when(self, condition: Any, value: Any) -> Any:
        """The value where the condition is true, else null."""
        return value if condition is True else None


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as wrong:
        raise _MappingError("is in no known time zone") from wrong
