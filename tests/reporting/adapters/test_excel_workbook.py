"""The workbook is read back by another library and says what the JSON says, to the digit."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from hub.reporting.adapters.excel_workbook import SUMMARY_TOP, build_workbook
from hub.reporting.domain.report import Report, UnknownAction
from hub.reporting.domain.report_tables import PeriodReport
from tests.workbooks import read_back

DAY = date(2026, 11, 22)
EVIL = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def told() -> PeriodReport:
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


def test_every_sheet_says_what_its_table_says(told: PeriodReport) -> None:
    tables = {title: rows for title, rows in told.to_dict().items() if isinstance(rows, list)}
    assert read_back(build_workbook(told)) == tables
    assert list(tables) == [
        *("summary", "days", "strategies", "rules", "offers", "channels", "segments"),
        *("lift", "calls", "unknowns"),
    ]


def test_no_text_is_a_formula(told: PeriodReport) -> None:
    book = load_workbook(io.BytesIO(build_workbook(told)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert EVIL in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_it_is_made_to_be_read(told: PeriodReport) -> None:
    book = load_workbook(io.BytesIO(build_workbook(told)))
    assert book["Strategies"].freeze_panes == "B2"
    assert book["Summary"].freeze_panes == f"B{SUMMARY_TOP + 2}"
    money = next(c for c in book["Strategies"][2] if c.value == 1234.56)
    assert money.number_format == "#,##0.00"
    assert {c.number_format for c in book["Lift"][2]} >= {"0.0%", "#,##0"}


def test_pictures_stand_where_they_are_looked_for(told: PeriodReport) -> None:
    with zipfile.ZipFile(io.BytesIO(build_workbook(told))) as parts:
        drawn = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(drawn) == len(["what was sent", "money", "strategies", "lift"])


def test_a_report_of_nothing_is_a_workbook_all_the_same() -> None:
    empty = read_back(build_workbook(PeriodReport(Report(), DAY, DAY, "UTC")))
    assert empty["summary"][0] == {"figure": "events", "currency": "", "value": 0}
    assert empty["lift"] == []
