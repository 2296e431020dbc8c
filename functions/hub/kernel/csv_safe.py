"""CSV for spreadsheets, with cells escaped so that no spreadsheet runs them as formulas.

A text that somebody typed into a form may be opened in Excel, which runs a cell that begins with
`=` (https://owasp.org/www-community/attacks/CSV_Injection). Such a text gets an apostrophe in
front. A phone number in E.164 stays as it is, because its `+` computes nothing and a dialler needs
it.
"""

import csv
import io
import json
import re
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_E164 = re.compile(r"\+[0-9]{6,15}")


def to_csv_line(cells: Iterable[object]) -> bytes:
    """Writes one line of CSV (RFC 4180)."""
    line = io.StringIO()
    csv.writer(line).writerow(map(_to_cell, cells))
    return line.getvalue().encode()


def _to_cell(value: object) -> object:
    """Numbers stay numbers, None is an empty cell, and a list is one cell with `; ` between."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return value
        case str():
            return _escape_formula(value)
        case list() | tuple():
            return _escape_formula("; ".join(str(_to_cell(item)) for item in value))
    return _escape_formula(json.dumps(value, ensure_ascii=False))


def _escape_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _E164.fullmatch(text) else text
