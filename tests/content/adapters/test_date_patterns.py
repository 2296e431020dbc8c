"""Date patterns of CLDR and of strftime, in the reader's language."""

import re
from datetime import UTC, date, datetime

import pytest
from babel import Locale
from babel.dates import format_datetime
from hypothesis import given
from hypothesis import strategies as st

from hub.content.adapters.date_patterns import (
    PatternError,
    find_pattern_problem,
    format_by_pattern,
)

ENGLISH, GERMAN, RUSSIAN = Locale("en", "GB"), Locale("de"), Locale("ru")
AT = datetime(2026, 12, 3, 8, 5, 9, 45_000, tzinfo=UTC)
LETTERS_ALIKE_EVERYWHERE = "dmyYHIMSjuwUWVG"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("%d %B %Y", "03 December 2026"),
        ("%a, %b %d, %y", "Thu, Dec 03, 26"),
        ("%A", "Thursday"),
        ("%-d/%-m/%Y", "3/12/2026"),
        ("%e|%_m|%0e", " 3|12|03"),
        ("%H:%M:%S.%L %p", "08:05:09.045 am"),
        ("%k|%l|%-I%P", " 8| 8|8am"),
        ("%F %T %R %D", "2026-12-03 08:05:09 08:05 12/03/26"),
        ("%^a %^B %#b %#p", "THU DECEMBER DEC am"),
        ("%s %z %:z %Z", "1796285109 +0000 +00:00 UTC"),
        ("%3N %N %C 100%%%n%t.", "045 045000000 20 100%\n\t."),
        ("%4d %j", "0003 337"),
        ("%x", "03/12/2026"),
    ],
)
def test_strftime_is_written_as_liquid_does(pattern: str, expected: str) -> None:
    assert find_pattern_problem(pattern) == ""
    assert format_by_pattern(AT, pattern, ENGLISH) == expected


def test_names_are_in_the_readers_language() -> None:
    assert format_by_pattern(AT, "%A, %-d. %B", GERMAN) == "Donnerstag, 3. Dezember"
    assert format_by_pattern(AT, "%-d %B", RUSSIAN) == "3 декабря"
    assert format_by_pattern(AT, "%B %Y", RUSSIAN) == "декабрь 2026"


@given(st.datetimes(datetime.fromisoformat("1000-01-01")), st.data())
def test_figures_are_those_of_strftime(at: datetime, data: st.DataObject) -> None:
    parts = st.sampled_from([f"%{letter}" for letter in LETTERS_ALIKE_EVERYWHERE] + list("-:/, "))
    pattern = "%d" + "".join(data.draw(st.lists(parts)))
    assert format_by_pattern(at, pattern, GERMAN) == at.strftime(pattern)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.sampled_from(["d", "dd", "EEEE", "MMM", "MMMM", "yyyy", "HH", "mm", " ", "'T'"])),
)
def test_patterns_of_cldr_are_left_to_babel(at: datetime, parts: list[str]) -> None:
    pattern = " ".join(parts)
    assert format_by_pattern(at, pattern, GERMAN) == format_datetime(at, pattern, locale=GERMAN)


@given(
    st.text(alphabet="%-_^#:09dmMyYHDwLEaszZQ' .é", max_size=12) | st.text(max_size=12),
    st.sampled_from([AT, AT.date()]),
)
def test_any_text_is_a_pattern_or_is_refused(pattern: str, at: date) -> None:
    problem = find_pattern_problem(pattern)
    assert isinstance(problem, str)
    try:
        assert isinstance(format_by_pattern(at, pattern, ENGLISH), str)
    except PatternError as error:
        assert problem or not isinstance(at, datetime), error  # noqa: PT017 which error matters


@pytest.mark.parametrize("pattern", ["HH:mm", "%H", "%r", "d MMMM HH"])
def test_a_day_has_no_time_of_day(pattern: str) -> None:
    with pytest.raises(PatternError, match=re.escape("2026-12-03 is a day without one")):
        format_by_pattern(AT.date(), pattern, ENGLISH)


@pytest.mark.parametrize("pattern", ["D", "YYYY-'W'ww", "mm:ss", "HH:mm", "short", "yyyy", "d''"])
def test_a_pattern_that_makes_sense_has_no_problem(pattern: str) -> None:
    assert find_pattern_problem(pattern) == ""
