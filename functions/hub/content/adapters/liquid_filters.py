"""Liquid filters: those that format money, numbers and times for the reader (Babel), by the
variables `locale` and `time_zone`."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
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

from hub.content.adapters.date_patterns import (
    STYLES,
    PatternError,
    find_pattern_problem,
    format_by_pattern,
)
from hub.content.adapters.reader_locale import find_locale
from hub.kernel.did_you_mean import quote_value
from hub.kernel.money import decimal_places
from hub.kernel.times import parse_time
from hub.model.calendar_day import is_date, read_day

_PLAIN_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
_MOST_DIGITS, _MOST_DECIMALS = 16, 12
_PERCENT_DECIMALS = 3


@with_context
@liquid_filter
def write_money(amount: object, currency: object, *, context: RenderContext) -> str:
    """Formats an amount in minor units, as everywhere in the hub: `{{ 1999 | money: 'GBP' }}`.

    If CLDR writes fewer decimals than ISO 4217 has (RSD, IQD), all are written because a price must
    not be rounded."""
    _require(currency)
    if not isinstance(currency, str) or (problem := _find_currency_problem(currency)):
        raise _argument_error(problem if isinstance(currency, str) else _no_currency(currency))
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
def write_percent(
    share: object, most_decimals: object = _PERCENT_DECIMALS, *, context: RenderContext
) -> str:
    """Formats a share: `{{ 0.125 | percent }}` is 12.5%.

    It writes at most three decimals, or as many as are asked for: `{{ 0.125 | percent: 0 }}` is
    13%."""
    number = _to_number(share)
    decimals = _to_decimals(most_decimals)
    rounded = number.quantize(Decimal(1).scaleb(-2 - decimals), ROUND_HALF_UP)
    text = format_percent(rounded, locale=_reader_locale(context), decimal_quantization=False)
    return _plain_spaces(text, context)


@with_context
@liquid_filter
def write_date(at: object, style: object = "medium", *, context: RenderContext) -> str:
    """Formats a date; `style` is short, medium, long, full or a pattern.

    A pattern is CLDR's (`d MMMM`) or strftime's (`%d %B`). It may ask for the time of day."""
    return _write_moment(at, style, context, format_date)


@with_context
@liquid_filter
def write_time(at: object, style: object = "short", *, context: RenderContext) -> str:
    """Formats the time of day where the customer lives; `style` is as of `write_date`."""
    local_time = _to_local_time(at, context)
    return _write_moment(local_time, style, context, format_time)


FILTERS: Mapping[str, Callable[..., str]] = {
    "money": write_money,
    "number": write_number,
    "percent": write_percent,
    "date": write_date,
    "time": write_time,
}


def find_argument_problem(filter_name: str, argument: object) -> str:
    """Says what is wrong with an argument that a template gives in quotes: a pattern of a date, or
    a currency. It is empty if nothing is."""
    if filter_name in ("date", "time"):
        return (
            find_pattern_problem(argument) if isinstance(argument, str) else _no_pattern(argument)
        )
    return _find_currency_problem(str(argument)) if filter_name == "money" else ""


def _find_currency_problem(currency: str) -> str:
    return "" if is_currency(currency) else _no_currency(currency)


def _no_currency(currency: object) -> str:
    return f"{quote_value(currency)} is not a currency such as EUR"


def _no_pattern(pattern: object) -> str:
    return f"{quote_value(pattern)} is no date pattern: use {', '.join(STYLES)} or 'd MMMM'"


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
    except (InvalidOperation, ValueError):
        number = Decimal("NaN")
    if isinstance(amount, bool) or not number.is_finite():
        raise _argument_error(f"{quote_value(amount)} is not a number")
    if number.adjusted() >= _MOST_DIGITS:
        raise _argument_error(f"{quote_value(amount)} has more than {_MOST_DIGITS} digits")
    decimals = -cast("int", number.as_tuple().exponent)
    return round(number, _MOST_DECIMALS) if decimals > _MOST_DECIMALS else number


def _to_decimals(most_decimals: object) -> int:
    if not isinstance(most_decimals, int) or not 0 <= most_decimals < _MOST_DECIMALS - 1:
        raise _argument_error(f"{quote_value(most_decimals)} is not a number of decimals")
    return most_decimals


def _write_moment(
    at: object,
    style: object,
    context: RenderContext,
    write_style: Callable[..., str],
) -> str:
    moment = _to_day_or_local_time(at, context)
    _require(style)
    if not isinstance(style, str):
        raise _argument_error(_no_pattern(style))
    locale = _reader_locale(context)
    try:
        if style in STYLES:
            text = write_style(moment, style, locale=locale)
        else:
            text = format_by_pattern(moment, style, locale)
    except PatternError as error:
        raise _argument_error(str(error)) from error
    return _plain_spaces(text, context)


def _to_day_or_local_time(at: object, context: RenderContext) -> date:
    """Reads a day or a time as conditions do: `hub.model.calendar_day`."""
    local_time = _to_local_time(at, context)
    day = read_day(at, None) if isinstance(at, str) and is_date(at) else None
    return day or local_time


def _to_local_time(at: object, context: RenderContext) -> datetime:
    """A moment so near the first or last year that the zone has no time for it stays in UTC."""
    moment = at if isinstance(at, datetime) else _to_moment(at)
    try:
        return moment.astimezone(_time_zone(_global_text(context, "time_zone")))
    except OverflowError:
        return moment


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
    return find_locale(_global_text(context, "locale"))


@lru_cache(maxsize=512)
def _time_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
