"""The report is made once, after the end of the day; each day's sums are computed once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from hub.kernel.errors import HubError, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.model.episode import RecordedEpisode
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.report_tables import PeriodReport
from hub.reporting.steps.make_report import DailyReports, MakeReport
from tests import fakes
from tests.factories import an_event
from tests.faulty_libraries import ERRORS, MARK, failing
from tests.reporting.domain.test_report import record_event

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = "2026-11-23T02:00:00Z"
"""Three in the morning in Berlin."""


class CountedArchive(fakes.Archive):
    """`days_read` are the days that were read."""

    def __init__(self) -> None:
        super().__init__()
        self.days_read: list[date] = []

    def read_records(self, day: date) -> Iterator[RecordedEpisode]:
        self.days_read.append(day)
        return super().read_records(day)


@dataclass
class Reports:
    """The step on fakes, and three episodes: two of the 22nd in Berlin, one of the 23rd."""

    to: tuple[str, ...] = ("boss@example.com",)
    archive: CountedArchive = field(default_factory=CountedArchive)
    files: fakes.Files = field(default_factory=fakes.Files)
    mail: fakes.ReportMail = field(default_factory=fakes.ReportMail)

    def __post_init__(self) -> None:
        days = DailyReports(self.archive, EpisodeFold(BERLIN), BERLIN)
        self.step = MakeReport(lambda: days, self.files, _to_text, self.mail, self.to, BERLIN)
        moments = (
            datetime(2026, 11, 21, 23, 0, tzinfo=UTC),
            datetime(2026, 11, 22, 22, 59, tzinfo=UTC),
            datetime(2026, 11, 22, 23, 0, tzinfo=UTC),
        )
        for number, at in enumerate(moments):
            event = an_event(event_id=f"e-{number}")
            self.archive.store([record_event(event, at=at, version=number)])

    def tick(self, time: str = MORNING) -> dict[str, HubError]:
        body = {"source": "aws.events", "detail-type": "Scheduled Event", "time": time}
        return dict(self.step([QueueMessage("m-1", body)]))

    def numbers(self, day: str) -> dict[tuple[str, str], float]:
        rows = json.loads(self.files.files[f"reports/{day}.json"])["summary"]
        return {(row["figure"], row["currency"]): row["value"] for row in rows}


def _to_text(period_report: PeriodReport) -> bytes:
    return json.dumps(period_report.to_dict()).encode()


@pytest.fixture
def reports() -> Reports:
    return Reports()


def test_yesterdays_report_is_stored_and_sent(reports: Reports) -> None:
    assert reports.tick() == {}
    workbook = reports.files.files["reports/2026-11-22.xlsx"]
    assert reports.mail.sent == [(("boss@example.com",), date(2026, 11, 22), workbook)]
    assert reports.numbers("2026-11-22")["events", ""] == 2
    assert json.loads(workbook) == json.loads(reports.files.files["reports/2026-11-22.json"])


def test_there_is_no_report_before_all_records_are_archived(reports: Reports) -> None:
    reports.tick("2026-11-23T01:00:00Z")
    assert reports.files.files == {}


def test_a_report_is_made_and_sent_once(reports: Reports) -> None:
    reports.tick()
    reports.tick("2026-11-23T03:00:00Z")
    assert len(reports.mail.sent) == 1


def test_the_next_tick_makes_up_for_a_lost_one(reports: Reports) -> None:
    reports.tick("2026-11-23T15:00:00Z")
    assert "reports/2026-11-22.xlsx" in reports.files.files


def test_without_readers_it_is_only_stored() -> None:
    reports = Reports(to=())
    reports.tick()
    assert reports.mail.sent == []
    assert "reports/2026-11-22.json" in reports.files.files


def test_a_day_is_folded_once(reports: Reports) -> None:
    reports.tick()
    reports.archive.days_read.clear()
    reports.tick("2026-11-24T02:00:00Z")
    assert set(reports.archive.days_read) == {date(2026, 11, 22), date(2026, 11, 23)}
    assert reports.numbers("2026-11-23")["events", ""] == 3


def test_a_day_that_was_stored_in_another_zone_is_folded_again(reports: Reports) -> None:
    reports.tick()
    stored = json.loads(reports.files.files["days/2026-11-22.json"])
    stale = json.dumps({**stored, "zone": "UTC", "cells": []}).encode()
    reports.files.files["days/2026-11-22.json"] = stale
    reports.tick("2026-11-24T02:00:00Z")
    assert reports.numbers("2026-11-23")["events", ""] == 3


def test_an_interrupted_report_is_made_again(reports: Reports) -> None:
    class Broken(fakes.ReportMail):
        def send(self, to: Sequence[str], *_: object) -> None:
            raise Unavailable(f"SES does not answer {len(to)} readers")

    sound, reports.step = (
        reports.step,
        MakeReport(
            reports.step.daily_reports, reports.files, _to_text, Broken(), reports.to, BERLIN
        ),
    )
    assert reports.tick()
    assert "reports/2026-11-22.json" not in reports.files.files
    reports.step = sound
    assert reports.tick() == {}
    assert len(reports.mail.sent) == 1


def test_a_day_of_twenty_five_hours_is_one_day() -> None:
    reports = Reports()
    autumn = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)
    reports.archive.store([record_event(an_event(event_id="e-9"), at=autumn, version=9)])
    days = DailyReports(reports.archive, EpisodeFold(BERLIN), BERLIN)
    assert days.fold_day(date(2026, 10, 25)).totals["events"] == 1
    assert days.fold_day(date(2026, 10, 26)).totals["events"] == 0


@given(ERRORS)
def test_an_episode_that_cannot_be_added_up_is_left_out_and_counted(error: BaseException) -> None:
    reports = Reports()
    plain = DailyReports(reports.archive, EpisodeFold(BERLIN), BERLIN).fold_day(date(2026, 11, 22))
    odd = record_event(an_event(event_id=MARK), at=datetime(2026, 11, 22, 9, tzinfo=UTC), version=9)
    reports.archive.store([odd])
    with failing("hub.reporting.domain.episode_fold:_DecisionCounter.count_event", error):
        reports.tick()
    numbers = reports.numbers("2026-11-22")
    assert numbers["events", ""] == plain.totals["events"] == 2
    assert numbers["decisions", ""] == plain.totals["decisions"]
    assert numbers["uncounted", ""] == 1
