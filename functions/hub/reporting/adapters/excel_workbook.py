"""The report as an Excel workbook: a sheet for each table, and charts of the main figures."""

import io
from collections.abc import Sequence
from typing import cast

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hub.kernel.json_types import Json
from hub.kernel.money import decimal_places
from hub.reporting.domain.report_tables import CellValue, ColumnFormat, PeriodReport, ReportTable

SUMMARY_TOP = 4
"""The row, from 0, in which the summary's table starts; all others start in the first."""
INK, GOOD, POOR, LINE = "#1F3A5F", "#2E7D5B", "#B4542D", "#D5DCE4"
_NUMBER_FORMATS = {
    ColumnFormat.TEXT: "@",
    ColumnFormat.COUNT: "#,##0",
    ColumnFormat.SHARE: "0.0%",
    ColumnFormat.POINTS: "+0.0%;-0.0%;0.0%",
}
_MAX_WIDTH, _MIN_WIDTH = 44, 9
_CHARTS = {"strategies": ("delivered", "conversions"), "channels": ("messages", "delivered")}


def build_workbook(period_report: PeriodReport) -> bytes:
    """Builds the file. Texts are written as texts, so that none of them becomes a formula."""
    body = io.BytesIO()
    with Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        _WorkbookWriter(book, period_report).write()
    return body.getvalue()


class _WorkbookWriter:
    def __init__(self, book: Workbook, period_report: PeriodReport) -> None:
        self._book, self._period_report = book, period_report
        self._header_format = book.add_format(
            {"bold": True, "font_color": "white", "bg_color": INK, "border": 1, "text_wrap": True}
        )
        self._formats: dict[str, Format] = {}

    def write(self) -> None:
        tables = {table.title: table for table in self._period_report.build_tables()}
        sheets = {title: self._book.add_worksheet(title.capitalize()) for title in tables}
        for title, table in tables.items():
            self._write_table(sheets[title], table, SUMMARY_TOP if title == "summary" else 0)
        self._write_headline(sheets["summary"])
        self._add_charts(sheets, tables)

    def _write_table(self, sheet: Worksheet, table: ReportTable, top: int) -> None:
        sheet.write_row(top, 0, table.columns, self._header_format)
        for number, row in enumerate(table.rows, start=top + 1):
            for column, (value, kind) in enumerate(zip(row, table.formats, strict=True)):
                number_format = _choose_format(table, row, column, kind)
                self._write_cell(sheet, (number, column), value, number_format)
        for column, name in enumerate(table.columns):
            longest = max([len(name), *(len(str(row[column])) for row in table.rows)])
            sheet.set_column(column, column, min(_MAX_WIDTH, max(_MIN_WIDTH, longest + 2)))
        sheet.freeze_panes(top + 1, 1)
        sheet.hide_gridlines(2)
        if table.rows and table.title != "summary":
            sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _write_cell(
        self, sheet: Worksheet, cell: tuple[int, int], value: CellValue, number_format: str
    ) -> None:
        if isinstance(value, str):
            number_format = _NUMBER_FORMATS[ColumnFormat.TEXT]
            sheet.write_string(*cell, value, self._find_format(number_format))
        else:
            sheet.write_number(*cell, value, self._find_format(number_format))

    def _find_format(self, number_format: str) -> Format:
        if number_format not in self._formats:
            self._formats[number_format] = self._book.add_format(
                {"num_format": number_format, "bottom": 1, "bottom_color": LINE}
            )
        return self._formats[number_format]

    def _write_headline(self, sheet: Worksheet) -> None:
        title = self._book.add_format({"bold": True, "font_size": 20, "font_color": INK})
        small = self._book.add_format({"font_color": "#5B6B7B", "italic": True})
        period = self._period_report
        sheet.write_string(0, 0, "Marketing and its results", title)
        days = f"{period.first:%d %B %Y} to {period.last:%d %B %Y}, days in {period.zone}"
        sheet.write_string(1, 0, days, small)
        note = "Attributed: assigned to a message by reference, promo code or last touch."
        sheet.write_string(2, 0, note, small)

    def _add_charts(self, sheets: dict[str, Worksheet], tables: dict[str, ReportTable]) -> None:
        summary, days = sheets["summary"], tables["days"]
        self._add_chart(summary, "E5", days, ("delivered", "conversions"), kind="column")
        money = tuple(name for name in days.columns if name.startswith(("sales", "revenue")))
        if money:
            self._add_chart(summary, "E21", days, money, kind="line")
        for title, measures in _CHARTS.items():
            place = f"A{len(tables[title].rows) + 4}"
            self._add_chart(sheets[title], place, tables[title], measures, kind="bar")
        self._add_lift_chart(sheets["lift"], tables["lift"])

    def _add_chart(
        self,
        sheet: Worksheet,
        place: str,
        table: ReportTable,
        measures: Sequence[str],
        *,
        kind: str,
    ) -> None:
        if not table.rows:
            return
        chart = self._create_chart(kind)
        for colour, measure in zip((INK, GOOD, POOR) * len(measures), measures, strict=False):
            chart.add_series(_build_series(table, measure, colour))
        chart.set_title({"name": " and ".join(measures), "name_font": {"size": 12, "color": INK}})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": LINE}}})
        chart.set_size({"width": 760, "height": 300})
        sheet.insert_chart(place, chart)

    def _create_chart(self, kind: str) -> Chart:
        """Creates a chart. The library returns None only for an unknown kind."""
        return cast("Chart", self._book.add_chart({"type": kind}))

    def _add_lift_chart(self, sheet: Worksheet, table: ReportTable) -> None:
        """Adds the chart of the lift, with its interval as error bars."""
        if not table.rows:
            return
        chart = self._create_chart("column")
        lift, low, high = (table.columns.index(name) for name in ("lift", "low", "high"))
        error_bars = {
            "type": "custom",
            "line": {"color": INK, "width": 1.5},
            "plus_values": [float(row[high]) - float(row[lift]) for row in table.rows],
            "minus_values": [float(row[lift]) - float(row[low]) for row in table.rows],
        }
        chart.add_series({**_build_series(table, "lift", GOOD), "y_error_bars": error_bars})
        chart.set_title({"name": "lift over the holdout, 95 % interval"})
        chart.set_legend({"none": True})
        chart.set_y_axis({"num_format": "0%"})
        chart.set_size({"width": 760, "height": 320})
        sheet.insert_chart(f"A{len(table.rows) + 4}", chart)


def _build_series(table: ReportTable, measure: str, colour: str) -> dict[str, Json]:
    sheet, column = table.title.capitalize(), table.columns.index(measure)
    rows = (1, len(table.rows))
    return {
        "name": measure,
        "categories": [sheet, rows[0], 0, rows[1], 0],
        "values": [sheet, rows[0], column, rows[1], column],
        "fill": {"color": colour},
        "line": {"color": colour},
    }


def _choose_format(
    table: ReportTable, row: Sequence[CellValue], column: int, kind: ColumnFormat
) -> str:
    """Chooses the number format of a cell. Money has the decimals of its currency, which a column's
    name ends in. In the summary, a row with a currency is money."""
    is_summary = table.title == "summary"
    if kind is ColumnFormat.MONEY or (is_summary and row[1] and kind is not ColumnFormat.TEXT):
        currency = str(row[1]) if is_summary else table.columns[column].rpartition(" ")[2]
        decimals = "0" * decimal_places(currency)
        return f"#,##0{'.' if decimals else ''}{decimals}"
    return _NUMBER_FORMATS[kind]
