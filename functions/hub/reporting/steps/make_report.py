"""The report: days of the archive folded, told as a workbook once the owner's day is over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from hub.history.ports import Archive
from hub.kernel.clock_tick import ticked
from hub.kernel.each_message import each
from hub.kernel.errors import HubError
from hub.kernel.queue_message import Message
from hub.model.episode import once
from hub.platform.ports import Files
from hub.reporting.domain.episode_fold import Teller
from hub.reporting.domain.report import Report
from hub.reporting.domain.report_tables import Told
from hub.reporting.ports import ReportMail

DAYS = 28
SETTLED = 3
"""The hour of the owner's day at which the records of the day before are all archived."""
WORKBOOK = "reports/{day}.xlsx"
NUMBERS = "reports/{day}.json"
KEPT = "days/{day}.json"


@dataclass(frozen=True, slots=True)
class Days:
    """Reports of whole days in the zone of their owner."""

    archive: Archive
    teller: Teller
    zone: ZoneInfo

    def report(self, day: date) -> Report:
        """Of one day: those of its episodes that the archive has by now."""
        first, after = (self._midnight(day + timedelta(days=n)) for n in (0, 1))
        report = Report()
        for day_in_utc in _days(first.date(), (after - timedelta.resolution).date()):
            for record in once(self.archive.records(day_in_utc)):
                if first <= record.episode.decided_at < after:
                    self.teller.take(report, record)
        return report

    def told(self, last: date, days: int, report: Callable[[date], Report] | None = None) -> Told:
        """Of so many days up to `last`, each of which `report` gives."""
        first, whole = last - timedelta(days=days - 1), Report()
        for day in _days(first, last):
            whole.add((report or self.report)(day))
        return Told(whole, first, last, self.zone.key)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Reporter:
    """On every tick of the clock, the report of yesterday where there is none yet: a workbook, the
    same as JSON, and the workbook by e-mail `to` whoever is to have it.

    Each day is folded once and kept. The JSON is written last, so that where it is all is done; cut
    off before, a mail may be sent twice.
    """

    days: Callable[[], Days]
    files: Files
    workbook: Callable[[Told], bytes]
    mail: ReportMail
    to: Sequence[str]
    zone: ZoneInfo

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, lambda message: self._tick(ticked(message.body)))

    def _tick(self, now: datetime) -> None:
        here = now.astimezone(self.zone)
        yesterday = here.date() - timedelta(days=1)
        if here.hour >= SETTLED and not self.files.exists(NUMBERS.format(day=yesterday)):
            self._make(yesterday)

    def _make(self, day: date) -> None:
        days = self.days()
        told = days.told(day, DAYS, lambda each_day: self._kept(each_day, days))
        workbook = self.workbook(told)
        self.files.put(WORKBOOK.format(day=day), [workbook])
        if self.to:
            self.mail.send(self.to, told, workbook)
        self.files.put(NUMBERS.format(day=day), [orjson.dumps(told.to_dict())])

    def _kept(self, day: date, days: Days) -> Report:
        key, zone = KEPT.format(day=day), self.zone.key
        if self.files.exists(key):
            with self.files.open(key) as file:
                data: dict[str, Any] = orjson.loads(file.read())
            if data["zone"] == zone:
                return Report.from_dict(data)
        report = days.report(day)
        self.files.put(key, [orjson.dumps({"zone": zone, **report.to_dict()})])
        return report


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
