"""Reading a report's workbook back, by another library than the one that wrote it."""

import io
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from hub.reporting.adapters.excel_workbook import SUMMARY_TOP


def read_back(body: bytes) -> dict[str, list[dict[str, Any]]]:
    """Its tables, as the report's JSON has them."""
    book = load_workbook(io.BytesIO(body))
    return {name.lower(): _rows(book[name]) for name in book.sheetnames}


def _rows(sheet: Worksheet) -> list[dict[str, Any]]:
    top = 1 + (SUMMARY_TOP if sheet.title == "Summary" else 0)
    header, *rows = sheet.iter_rows(min_row=top, values_only=True)
    names = list(map(str, header))
    return [dict(zip(names, map(_filled, row), strict=True)) for row in rows]


def _filled(value: Any) -> Any:
    return "" if value is None else value
