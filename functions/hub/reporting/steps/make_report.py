"""Makes the daily report from the archive, once the day is over in the hub's time zone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson

from hub.history.ports import Archive
from hub.kernel.clock_tick import parse_tick
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, explain_fault
from hub.kernel.json_types import Json
from hub.kernel.queue_message import QueueMessage
from hub.model.episode import drop_repeats
from hub.model.wall_clock import find_day_start
from hub.platform.ports import Files
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.report import TOTAL_TABLE, UNCOUNTED_MEASURE, Report
from hub.reporting.domain.report_tables import PeriodReport
from hub.reporting.ports import ReportMail

PERIOD_DAYS = 28
SETTLED_HOUR = 3
"""The hour of the day at which all records of the day before are archived."""
WORKBOOK_KEY = "reports/{day}.xlsx"
JSON_KEY = "reports/{day}.json"
EpisodeKey = tuple[str, int]
"""Customer id and version."""
DAY_KEY = "days/{day}.json"


@dataclass(frozen=True, slots=True)
class DailyReports:
    """Reports of whole days in the time zone `zone`."""

    archive: Archive
    episode_fold: EpisodeFold
    zone: ZoneInfo

    def fold_day(self, day: date) -> Report:
        """Adds up the episodes of one day that the archive has by now.

        Episodes that cannot be added up are left out, and the total `uncounted` is their number."""
        report, uncounted = self._fold(day, frozenset())
        if uncounted:
            report, _ = self._fold(day, uncounted)
            report.count(TOTAL_TABLE, (), UNCOUNTED_MEASURE, len(uncounted))
        return report

    def _fold(
        self, day: date, left_out: frozenset[EpisodeKey]
    ) -> tuple[Report, frozenset[EpisodeKey]]:
        """Also returns the episodes that cannot be added up. What was counted of them is in the
        report."""
        first, after = (find_day_start(day + timedelta(days=n), self.zone) for n in (0, 1))
        report, uncounted = Report(), set[EpisodeKey]()
        for day_in_utc in _list_days(first.date(), (after - timedelta.resolution).date()):
            for record in drop_repeats(self.archive.read_records(day_in_utc)):
                key = record.episode.customer_id, record.episode.version
                if first <= record.episode.decided_at < after and key not in left_out:
                    try:
                        self.episode_fold.add_episode(report, record)
                    except BaseException as error:  # noqa: BLE001 - explain_fault raises the rest
                        explain_fault(error)
                        uncounted.add(key)
        return report, frozenset(uncounted)

    def fold_period(
        self, last: date, days: int, report_of_day: Callable[[date], Report] | None = None
    ) -> PeriodReport:
        """Adds up so many days until `last`; `report_of_day` gives the report of each."""
        first, report = last - timedelta(days=days - 1), Report()
        for day in _list_days(first, last):
            report.add((report_of_day or self.fold_day)(day))
        return PeriodReport(report, first, last, self.zone.key)


@dataclass(frozen=True, slots=True)
class MakeReport:
    """On every clock tick, makes yesterday's report if there is none yet: a workbook, the same as
    JSON, and the workbook by e-mail to the addresses `to`.

    The sums of each day are computed once and stored. The JSON is written last and shows that all
    is done. If a run is interrupted before, the e-mail may be sent twice.
    """

    daily_reports: Callable[[], DailyReports]
    files: Files
    build_workbook: Callable[[PeriodReport], bytes]
    mail: ReportMail
    to: Sequence[str]
    zone: ZoneInfo

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, lambda message: self._handle_tick(parse_tick(message.body)))

    def _handle_tick(self, now: datetime) -> None:
        local_time = now.astimezone(self.zone)
        yesterday = local_time.date() - timedelta(days=1)
        if local_time.hour >= SETTLED_HOUR and not self.files.exists(
            JSON_KEY.format(day=yesterday)
        ):
            self._make_report(yesterday)

    def _make_report(self, day: date) -> None:
        daily_reports = self.daily_reports()
        period_report = daily_reports.fold_period(
            day, PERIOD_DAYS, lambda each_day: self._read_or_fold_day(each_day, daily_reports)
        )
        workbook = self.build_workbook(period_report)
        self.files.put(WORKBOOK_KEY.format(day=day), [workbook])
        if self.to:
            self.mail.send(self.to, period_report, workbook)
        self.files.put(JSON_KEY.format(day=day), [orjson.dumps(period_report.to_dict())])

    def _read_or_fold_day(self, day: date, daily_reports: DailyReports) -> Report:
        key, zone = DAY_KEY.format(day=day), self.zone.key
        if self.files.exists(key):
            with self.files.open(key) as file:
                data: dict[str, Json] = orjson.loads(file.read())
            if data["zone"] == zone:
                return Report.from_dict(data)
        report = daily_reports.fold_day(day)
        self.files.put(key, [orjson.dumps({"zone": zone, **report.to_dict()})])
        return report


def _list_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
