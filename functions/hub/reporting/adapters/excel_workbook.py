"""The report as an Excel workbook: a sheet for each table, and what matters as pictures."""

import io
from collections.abc import Sequence
from typing import Any, cast

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hub.reporting.domain.report_tables import Kind, Table, Told, Value

SUMMARY_TOP = 4
"""The row, from 0, in which the summary's table begins; all others begin in the first."""
INK, GOOD, POOR, LINE = "#1F3A5F", "#2E7D5B", "#B4542D", "#D5DCE4"
_NUMBERS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.MONEY: "#,##0.00",
    Kind.POINTS: "+0.0%;-0.0%;0.0%",
}
_WIDEST, _NARROWEST = 44, 9
_CHARTS = {"strategies": ("delivered", "conversions"), "channels": ("messages", "delivered")}


def workbook(told: Told) -> bytes:
    """The whole file. Texts are written as texts: none of them is ever a formula."""
    body = io.BytesIO()
    with Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        _Writer(book, told).write()
    return body.getvalue()


class _Writer:
    def __init__(self, book: Workbook, told: Told) -> None:
        self._book, self._told = book, told
        self._head = book.add_format(
            {"bold": True, "font_color": "white", "bg_color": INK, "border": 1, "text_wrap": True}
        )
        self._formats: dict[Kind, Format] = {
            kind: book.add_format({"num_format": number, "bottom": 1, "bottom_color": LINE})
            for kind, number in _NUMBERS.items()
        }

    def write(self) -> None:
        tables = {table.title: table for table in self._told.tables()}
        sheets = {title: self._book.add_worksheet(title.capitalize()) for title in tables}
        for title, table in tables.items():
            self._table(sheets[title], table, SUMMARY_TOP if title == "summary" else 0)
        self._headline(sheets["summary"])
        self._pictures(sheets, tables)

    def _table(self, sheet: Worksheet, table: Table, top: int) -> None:
        sheet.write_row(top, 0, table.columns, self._head)
        for number, row in enumerate(table.rows, start=top + 1):
            for column, (value, kind) in enumerate(zip(row, table.kinds, strict=True)):
                self._cell(sheet, (number, column), value, _kind(table, row, kind))
        for column, name in enumerate(table.columns):
            longest = max([len(name), *(len(str(row[column])) for row in table.rows)])
            sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, longest + 2)))
        sheet.freeze_panes(top + 1, 1)
        sheet.hide_gridlines(2)
        if table.rows and table.title != "summary":
            sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _cell(self, sheet: Worksheet, place: tuple[int, int], value: Value, kind: Kind) -> None:
        if isinstance(value, str):
            sheet.write_string(*place, value, self._formats[Kind.TEXT])
        else:
            sheet.write_number(*place, value, self._formats[kind])

    def _headline(self, sheet: Worksheet) -> None:
        title = self._book.add_format({"bold": True, "font_size": 20, "font_color": INK})
        small = self._book.add_format({"font_color": "#5B6B7B", "italic": True})
        told = self._told
        sheet.write_string(0, 0, "What marketing did, and what came of it", title)
        days = f"{told.first:%d %B %Y} to {told.last:%d %B %Y}, days in {told.zone}"
        sheet.write_string(1, 0, days, small)
        note = "Attributed: owed to a message by reference, promo code or last touch."
        sheet.write_string(2, 0, note, small)

    def _pictures(self, sheets: dict[str, Worksheet], tables: dict[str, Table]) -> None:
        summary, days = sheets["summary"], tables["days"]
        self._chart(summary, "E5", days, ("delivered", "conversions"), kind="column")
        money = tuple(name for name in days.columns if name.startswith(("sales", "revenue")))
        if money:
            self._chart(summary, "E21", days, money, kind="line")
        for title, measures in _CHARTS.items():
            place = f"A{len(tables[title].rows) + 4}"
            self._chart(sheets[title], place, tables[title], measures, kind="bar")
        self._lift(sheets["lift"], tables["lift"])

    def _chart(
        self, sheet: Worksheet, place: str, table: Table, measures: Sequence[str], *, kind: str
    ) -> None:
        if not table.rows:
            return
        chart = self._new_chart(kind)
        for colour, measure in zip((INK, GOOD, POOR) * len(measures), measures, strict=False):
            chart.add_series(_series(table, measure, colour))
        chart.set_title({"name": " and ".join(measures), "name_font": {"size": 12, "color": INK}})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": LINE}}})
        chart.set_size({"width": 760, "height": 300})
        sheet.insert_chart(place, chart)

    def _new_chart(self, kind: str) -> Chart:
        """Only of a kind that does not exist there is none."""
        return cast("Chart", self._book.add_chart({"type": kind}))

    def _lift(self, sheet: Worksheet, table: Table) -> None:
        """What was brought about, with its interval as whiskers."""
        if not table.rows:
            return
        chart = self._new_chart("column")
        lift, low, high = (table.columns.index(name) for name in ("lift", "low", "high"))
        whiskers = {
            "type": "custom",
            "line": {"color": INK, "width": 1.5},
            "plus_values": [float(row[high]) - float(row[lift]) for row in table.rows],
            "minus_values": [float(row[lift]) - float(row[low]) for row in table.rows],
        }
        chart.add_series({**_series(table, "lift", GOOD), "y_error_bars": whiskers})
        chart.set_title({"name": "lift over those held out, 95 % interval"})
        chart.set_legend({"none": True})
        chart.set_y_axis({"num_format": "0%"})
        chart.set_size({"width": 760, "height": 320})
        sheet.insert_chart(f"A{len(table.rows) + 4}", chart)


def _series(table: Table, measure: str, colour: str) -> dict[str, Any]:
    sheet, column = table.title.capitalize(), table.columns.index(measure)
    rows = (1, len(table.rows))
    return {
        "name": measure,
        "categories": [sheet, rows[0], 0, rows[1], 0],
        "values": [sheet, rows[0], column, rows[1], column],
        "fill": {"color": colour},
        "line": {"color": colour},
    }


def _kind(table: Table, row: Sequence[Value], kind: Kind) -> Kind:
    """Of the summary, what has a currency is money."""
    return Kind.MONEY if table.title == "summary" and row[1] else kind
