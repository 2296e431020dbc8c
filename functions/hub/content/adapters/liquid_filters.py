"""Liquid filters that format money, numbers and times for the reader (Babel), by the variables
`locale` and `time_zone`."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import cast
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

from hub.kernel.did_you_mean import quote_value
from hub.kernel.money import decimal_places
from hub.kernel.times import parse_time
from hub.model.calendar_day import read_day

_ENGLISH = Locale("en")
_PLAIN_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


@with_context
@liquid_filter
def write_money(amount: object, currency: object, *, context: RenderContext) -> str:
    """Formats an amount in minor units, as everywhere in the hub: `{{ 1999 | money: 'GBP' }}`.

    If CLDR writes fewer decimals than ISO 4217 has (RSD, IQD), all are written because a price must
    not be rounded."""
    _require(currency)
    if not isinstance(currency, str) or not is_currency(currency):
        raise _argument_error(f"{quote_value(currency)} is not a currency such as EUR")
    places = decimal_places(currency)
    is_usual = places == get_currency_precision(currency)
    text = format_currency(
        round(_to_number(amount).scaleb(-places), places),
        currency,
        locale=_reader_locale(context),
        currency_digits=is_usual,
        decimal_quantization=is_usual,
    )
    return _plain_spaces(text, context)


@with_context
@liquid_filter
def write_number(amount: object, *, context: RenderContext) -> str:
    """Formats a number."""
    return _plain_spaces(
        format_decimal(_to_number(amount), locale=_reader_locale(context)), context
    )


@with_context
@liquid_filter
def write_percent(share: object, *, context: RenderContext) -> str:
    """Formats a share: `{{ 0.1 | percent }}` is 10%."""
    return _plain_spaces(format_percent(_to_number(share), locale=_reader_locale(context)), context)


@with_context
@liquid_filter
def write_date(at: object, style: str = "medium", *, context: RenderContext) -> str:
    """Formats a date; `style` is short, medium, long, full or a CLDR pattern such as `d MMMM`."""
    return _plain_spaces(
        format_date(_to_date(at, context), style, locale=_reader_locale(context)), context
    )


@with_context
@liquid_filter
def write_time(at: object, style: str = "short", *, context: RenderContext) -> str:
    """Formats the time of day where the customer lives; `style` is as of `write_date`."""
    moment = _to_moment(at)
    try:
        local_time = moment.astimezone(_time_zone(_global_text(context, "time_zone")))
    except OverflowError:
        local_time = moment
    return _plain_spaces(format_time(local_time, style, locale=_reader_locale(context)), context)


FILTERS: Mapping[str, Callable[..., str]] = {
    "money": write_money,
    "number": write_number,
    "percent": write_percent,
    "date": write_date,
    "time": write_time,
}


def _argument_error(message: str) -> FilterArgumentError:
    return FilterArgumentError(message, token=None)


def _require(value: object) -> None:
    """Raises the error of a missing value, rather than one about its form."""
    if isinstance(value, Undefined):
        value.poke()


def _to_number(amount: object) -> Decimal:
    _require(amount)
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(amount, bool) or not number.is_finite():
        raise _argument_error(f"{quote_value(amount)} is not a number")
    return number


def _to_date(at: object, context: RenderContext) -> date:
    """Reads a date as conditions do: `hub.model.calendar_day`."""
    moment = _to_moment(at)
    day = read_day(at, _time_zone(_global_text(context, "time_zone")))
    return day or moment.date()


def _to_moment(at: object) -> datetime:
    _require(at)
    try:
        return parse_time(cast("str", at))
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _argument_error(f"{quote_value(at)} is not a time such as 2026-11-25") from error


def _plain_spaces(text: str, context: RenderContext) -> str:
    """Uses plain spaces outside HTML, because others are not in the SMS alphabet."""
    return text if context.env.autoescape else text.translate(_PLAIN_SPACES)


def _global_text(context: RenderContext, name: str) -> str:
    return str(context.globals.get(name, ""))


def _reader_locale(context: RenderContext) -> Locale:
    return _parse_locale(_global_text(context, "locale"))


@lru_cache(maxsize=128)
def _parse_locale(tag: str) -> Locale:
    for choice in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(choice, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return _ENGLISH


@lru_cache(maxsize=512)
def _time_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
