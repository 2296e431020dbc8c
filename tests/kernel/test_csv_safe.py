"""No cell of a list is a formula, and what is a number or a telephone stays one."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.csv_safe import to_csv_line

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def cells(*values: object) -> list[str]:
    [row] = csv.reader(io.StringIO(to_csv_line(values).decode(), newline=""))
    return row


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "+44 20",
        "+",
        "-5",
        "+442071838750 =1",
    ],
)
def test_what_would_be_a_formula_is_a_text(text: str) -> None:
    assert cells(text) == [f"'{text}"]
    assert cells([text, "b"]) == [f"'{text}; b"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (-5, "-5"),
        (2.5, "2.5"),
        (True, "true"),
        ("Ann", "Ann"),
        ("a, b", "a, b"),
        ("+442071838750", "+442071838750"),
        (["email", "sms"], "email; sms"),
        ({"GBP": 5}, '{"GBP": 5}'),
    ],
)
def test_a_cell_is_what_is_known(value: object, cell: str) -> None:
    assert cells(value) == [cell]


@given(st.lists(st.text(), min_size=1))
def test_no_text_whatever_begins_as_a_formula(texts: list[str]) -> None:
    for cell in cells(*texts):
        assert not cell.startswith(DANGEROUS) or cell[1:].isdigit()
