"""CSV that is opened in a spreadsheet: no cell of it may be taken for a formula.

What somebody typed into a form may end in an office's Excel, where a cell that begins with `=` runs
(https://owasp.org/www-community/attacks/CSV_Injection). Such a text gets an apostrophe in front.
A telephone number in E.164 is left as it is, for its `+` adds nothing up and a dialler needs it.
"""

import csv
import io
import json
import re
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_E164 = re.compile(r"\+[0-9]{6,15}")


def to_csv_line(cells: Iterable[object]) -> bytes:
    """One line as RFC 4180 has it."""
    line = io.StringIO()
    csv.writer(line).writerow(map(_cell, cells))
    return line.getvalue().encode()


def _cell(value: object) -> object:
    """Numbers stay numbers; nothing is an empty cell; lists stand in one, their texts apart."""
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
            return _escape_formula("; ".join(str(_cell(item)) for item in value))
    return _escape_formula(json.dumps(value, ensure_ascii=False))


def _escape_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _E164.fullmatch(text) else text
