"""The time in a signed request is read as digits and as nothing else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.signature.freshness import TOLERANCE_SECONDS, is_fresh
from tests.factories import NOON
from tests.kernel.tokens.naughty_texts import LONG_TEXT, NAUGHTY_TEXTS

NOW = int(NOON.timestamp())


@given(st.integers(0, 10**20), st.sampled_from([1, 1000]))
def test_a_time_is_fresh_within_the_tolerance(seconds: int, per_second: int) -> None:
    fresh = is_fresh(str(seconds * per_second), NOON, per_second=per_second)
    assert fresh == (abs(seconds - NOW) <= TOLERANCE_SECONDS)


@given(st.integers(-TOLERANCE_SECONDS, TOLERANCE_SECONDS))
def test_five_minutes_before_and_after_are_fresh(seconds: int) -> None:
    assert is_fresh(str(NOW), NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "timestamp",
    [
        *(f"{NOW}.0", f"{NOW}e0", f"+{NOW}", f"-{NOW}", f" {NOW}", f"{NOW} ", f"{NOW}\n"),
        *("1e400", "NaN", "Infinity", "-Infinity", "true", "null", hex(NOW), f"{NOW:_}"),
        *("1" + "0" * 400, "9" * 5000, "0" * 5000 + str(NOW), LONG_TEXT, *NAUGHTY_TEXTS),
        "".join(chr(ord("０") + int(digit)) for digit in str(NOW)),
        "".join(chr(ord("٠") + int(digit)) for digit in str(NOW)),
    ],
)
def test_any_other_form_is_not_fresh(timestamp: str) -> None:
    assert not is_fresh(timestamp, NOON)
    assert not is_fresh(timestamp, NOON, per_second=1000)
