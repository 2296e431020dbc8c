"""Another library reads the workbook back: it has the same figures as the JSON, to the digit."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from hub.reporting.adapters.excel_workbook import SUMMARY_TOP, build_workbook
from hub.reporting.domain.report import Report, UnknownAction
from hub.reporting.domain.report_tables import PeriodReport
from tests.workbook_reader import read_back

DAY = date(2026, 11, 22)
EVIL = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def period_report() -> PeriodReport:
    report = Report()
    for name in ("welcome", EVIL):
        report.count("strategy", (name,), "messages", 12)
        report.count("strategy", (name,), "delivered", 7)
        report.count("strategy", (name,), "revenue GBP", 123456)
    for arm, enrolled, converted in (("treated", 70, 56), ("held out", 80, 48)):
        report.count("arm", ("welcome", "half", arm, "2026-11-22"), "enrolled", enrolled)
        report.count("arm", ("welcome", "half", arm, "2026-11-22"), "converted", converted)
    for measure, amount in (("events", 1234), ("sales GBP", 123457), ("revenue GBP", 123456)):
        report.count("total", (), measure, amount)
        report.count("day", ("2026-11-22",), measure, amount)
    report.count("call", ("retention", "09"), "calls", 3)
    report.add_unknown([UnknownAction("2026-11-22T09:00:00.000Z", "a-1", "sms", "r", EVIL)])
    return PeriodReport(report, DAY, DAY, "Europe/Berlin")


def test_every_sheet_has_the_values_of_its_table(period_report: PeriodReport) -> None:
    tables = {
        title: rows for title, rows in period_report.to_dict().items() if isinstance(rows, list)
    }
    assert read_back(build_workbook(period_report)) == tables
    assert list(tables) == [
        *("summary", "days", "strategies", "rules", "offers", "channels", "segments"),
        *("lift", "calls", "unknowns"),
    ]


def test_no_text_is_a_formula(period_report: PeriodReport) -> None:
    book = load_workbook(io.BytesIO(build_workbook(period_report)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert EVIL in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_sheets_have_frozen_headers_and_number_formats(period_report: PeriodReport) -> None:
    book = load_workbook(io.BytesIO(build_workbook(period_report)))
    assert book["Strategies"].freeze_panes == "B2"
    assert book["Summary"].freeze_panes == f"B{SUMMARY_TOP + 2}"
    money = next(c for c in book["Strategies"][2] if c.value == 1234.56)
    assert money.number_format == "#,##0.00"
    assert {c.number_format for c in book["Lift"][2]} >= {"0.0%", "#,##0"}


def test_the_workbook_has_charts(period_report: PeriodReport) -> None:
    with zipfile.ZipFile(io.BytesIO(build_workbook(period_report))) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == len(["what was sent", "money", "strategies", "lift"])


def test_an_empty_report_is_a_workbook_too() -> None:
    empty = read_back(build_workbook(PeriodReport(Report(), DAY, DAY, "UTC")))
    assert empty["summary"][0] == {"figure": "events", "currency": "", "value": 0}
    assert empty["lift"] == []


@pytest.mark.parametrize(
    ("currency", "amount", "shown", "number_format"),
    [
        ("JPY", 1234, 1234, "#,##0"),
        ("KWD", 1234, 1.234, "#,##0.000"),
        ("CLF", 12345, 1.2345, "#,##0.0000"),
    ],
)
def test_money_has_the_decimals_of_its_currency(
    currency: str, amount: int, shown: float, number_format: str
) -> None:
    report = Report()
    report.count("total", (), f"sales {currency}", amount)
    report.count("day", ("2026-11-22",), f"sales {currency}", amount)
    book = load_workbook(
        io.BytesIO(build_workbook(PeriodReport(report, DAY, DAY, "Europe/Berlin")))
    )
    for sheet in ("Summary", "Days"):
        cells = [cell for row in book[sheet].iter_rows() for cell in row if cell.value == shown]
        assert {cell.number_format for cell in cells} == {number_format}
