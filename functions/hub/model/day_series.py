"""A series of numbers by day: `(day, number, number, ...)`, a number for `day` and for each day
after it.

A day is the count of days since 1970-01-01 in UTC. The first and the last number are never zero. A
series without numbers is empty. The form is that of the stored customer, where a series of 90 days
takes about 200 bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime

from hub.kernel.times import to_milliseconds

DAY_IN_MILLISECONDS = 86_400_000
DaySeries = Sequence[int]
NO_DAYS: DaySeries = ()
_EPOCH = date(1970, 1, 1).toordinal()


def to_day(at: datetime | int) -> int:
    """The day of an aware time, or of milliseconds since the Unix epoch."""
    milliseconds = at if isinstance(at, int) else to_milliseconds(at)
    return milliseconds // DAY_IN_MILLISECONDS


def day_of_date(day: date) -> int:
    return day.toordinal() - _EPOCH


def add_to_day(series: DaySeries, day: int, number: int) -> DaySeries:
    """Returns the series with `number` added to that day."""
    if not series:
        return (day, number) if number else NO_DAYS
    first, *numbers = series
    if day < first:
        numbers, first = [0] * (first - day) + numbers, day
    numbers += [0] * (day - first + 1 - len(numbers))
    numbers[day - first] += number
    return _trim_zeros(first, numbers)


def add_series(series: DaySeries, other: DaySeries, times: int = 1) -> DaySeries:
    """Returns the sum of both, the second multiplied by `times`."""
    for offset, number in enumerate(other[1:]):
        if number:
            series = add_to_day(series, other[0] + offset, number * times)
    return series


def drop_days_before(series: DaySeries, day: int) -> DaySeries:
    if not series or series[0] >= day:
        return series
    return _trim_zeros(day, list(series[1 + day - series[0] :]))


def sum_since(series: DaySeries, day: int) -> int:
    """The sum of that day and all days after it."""
    return sum(series[1 + max(0, day - series[0]) :]) if series else 0


def read_day(series: DaySeries, day: int) -> int:
    """The number of one day; 0 if there is none."""
    index = 1 + day - series[0] if series else 0
    return series[index] if 0 < index < len(series) else 0


def find_last_day(series: DaySeries) -> int:
    """The last day with a number. The series must not be empty."""
    return series[0] + len(series) - 2


def _trim_zeros(first: int, numbers: list[int]) -> DaySeries:
    while numbers and not numbers[-1]:
        numbers.pop()
    leading = next((index for index, number in enumerate(numbers) if number), len(numbers))
    return (first + leading, *numbers[leading:]) if numbers else NO_DAYS
