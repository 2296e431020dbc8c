"""Liquid filters that write money, numbers and times as they are written where the reader lives
(Babel), by the `locale` and `time_zone` of what is rendered."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    is_currency,
)
from liquid import RenderContext, Undefined
from liquid.exceptions import FilterArgumentError
from liquid.filter import liquid_filter, with_context

from hub.kernel.did_you_mean import quoted
from hub.kernel.money import decimals
from hub.kernel.times import moment

_ENGLISH = Locale("en")
_A_DAY = len("2026-11-25")
_PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " "})


@with_context
@liquid_filter
def money(amount: Any, currency: Any, *, context: RenderContext) -> str:
    """`amount` is in minor units, as everywhere in the hub: `{{ 1999 | money: 'GBP' }}`. Where CLDR
    writes fewer decimals than ISO 4217 has (RSD, IQD), all are written: a price is not rounded."""
    _known(currency)
    if not isinstance(currency, str) or not is_currency(currency):
        raise _wrong(f"{quoted(currency)} is no currency such as EUR")
    places = decimals(currency)
    usual = places == get_currency_precision(currency)
    text = format_currency(
        round(_number(amount).scaleb(-places), places),
        currency,
        locale=_locale(context),
        currency_digits=usual,
        decimal_quantization=usual,
    )
    return _said(text, context)


@with_context
@liquid_filter
def number(amount: Any, *, context: RenderContext) -> str:
    return _said(format_decimal(_number(amount), locale=_locale(context)), context)


@with_context
@liquid_filter
def percent(share: Any, *, context: RenderContext) -> str:
    """Of a share: `{{ 0.1 | percent }}` is 10%."""
    return _said(format_percent(_number(share), locale=_locale(context)), context)


@with_context
@liquid_filter
def day(at: Any, how: str = "medium", *, context: RenderContext) -> str:
    """`how` is short, medium, long, full or a pattern of CLDR such as `d MMMM`."""
    return _said(format_date(_day(at, context), how, locale=_locale(context)), context)


@with_context
@liquid_filter
def clock(at: Any, how: str = "short", *, context: RenderContext) -> str:
    """The time of day where the customer lives."""
    here = _at(at).astimezone(_zone(_text(context, "time_zone")))
    return _said(format_time(here, how, locale=_locale(context)), context)


FILTERS: Mapping[str, Callable[..., str]] = {
    "money": money,
    "number": number,
    "percent": percent,
    "date": day,
    "time": clock,
}


def _wrong(why: str) -> FilterArgumentError:
    return FilterArgumentError(why, token=None)


def _known(value: Any) -> None:
    """Raises the error of what is missing, rather than one about its form."""
    if isinstance(value, Undefined):
        value.poke()


def _number(amount: Any) -> Decimal:
    _known(amount)
    try:
        found = Decimal(str(amount))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(amount, bool) or not found.is_finite():
        raise _wrong(f"{quoted(amount)} is no number")
    return found


def _day(at: Any, context: RenderContext) -> date:
    """A day by itself is that day everywhere; a moment is on the day it is where they live."""
    if isinstance(at, str) and len(at) == _A_DAY:
        return _at(at).date()
    return _at(at).astimezone(_zone(_text(context, "time_zone"))).date()


def _at(at: Any) -> datetime:
    _known(at)
    try:
        return moment(at)
    except (TypeError, ValueError, AttributeError, OverflowError) as wrong:
        raise _wrong(f"{quoted(at)} is no time such as 2026-11-25") from wrong


def _said(text: str, context: RenderContext) -> str:
    """Outside HTML a space is a plain one: others cost a text message its alphabet."""
    return text if context.env.autoescape else text.translate(_PLAIN)


def _text(context: RenderContext, name: str) -> str:
    return str(context.globals.get(name, ""))


def _locale(context: RenderContext) -> Locale:
    return _known_locale(_text(context, "locale"))


@lru_cache(maxsize=128)
def _known_locale(tag: str) -> Locale:
    for choice in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(choice, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return _ENGLISH


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
