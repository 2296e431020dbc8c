"""Archived episodes, collected on this machine: each once, customer by customer."""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT, Catalogue
from hub.history.adapters.decision_archive import Archive
from hub.kernel.errors import HubError
from hub.model.episode import RecordedEpisode
from hub.surroundings.domain.surroundings import Surroundings
from tools.segue import catalogues
from tools.segue.explanation import find_customer
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.screen import Step

_CREATE = "CREATE TABLE past (customer, version, record, PRIMARY KEY (customer, version))"
_INSERT = "INSERT OR IGNORE INTO past VALUES (?, ?, ?)"
_READ = "SELECT record FROM past ORDER BY customer, version"
_PROGRESS_EVERY = 500


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in UTC, both included."""

    first: date
    last: date

    @classmethod
    def from_options(cls, days: int, since: datetime | None, until: datetime | None) -> "Window":
        """Return the last `days` days including today, unless a first or last day is given."""
        last = (until or datetime.now(UTC)).date()
        first = since.date() if since else last - timedelta(days=days - 1)
        if first > last:
            raise UserError(f"--from {first} is after --to {last}.")
        return cls(first, last)

    @property
    def days(self) -> list[date]:
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=day) for day in range(length)]

    @property
    def end(self) -> datetime:
        midnight = datetime.combine(self.last, datetime.min.time(), UTC) + timedelta(days=1)
        return min(midnight, datetime.now(UTC))


class ArchivedEpisodes:
    """Episodes on disk, because they may not fit into memory."""

    def __init__(self, disk: sqlite3.Connection) -> None:
        self._disk = disk
        self._disk.execute(_CREATE)
        self.count = 0

    def add(self, record: RecordedEpisode) -> None:
        """Add a record unless it is there: the archive may hold a batch twice."""
        episode = record.episode
        body = zlib.compress(json.dumps(record.to_dict()).encode(), 1)
        put = self._disk.execute(_INSERT, (episode.customer_id, episode.version, body))
        self.count += put.rowcount

    def read_records(self) -> Iterator[RecordedEpisode]:
        """Yield the records by customer, in the order of their versions."""
        for (body,) in self._disk.execute(_READ):
            yield RecordedEpisode.from_dict(json.loads(zlib.decompress(body)))

    def group_by_customer(self) -> Iterator[list[RecordedEpisode]]:
        for _, records in groupby(
            self.read_records(), key=lambda record: record.episode.customer_id
        ):
            yield list(records)


@contextmanager
def gather_episodes(
    hub: Hub, window: Window, customer: str, step: Step
) -> Iterator[ArchivedEpisodes]:
    """Collect the episodes of the window, of all customers or of one, by id or key."""
    whose = find_customer(hub, customer)[0] if customer else ""
    archive = open_archive(hub)
    with closing(sqlite3.connect("")) as disk:
        past = ArchivedEpisodes(disk)
        for day in window.days:
            for record in archive.read_records(day):
                if not whose or record.episode.customer_id == whose:
                    past.add(record)
                if past.count % _PROGRESS_EVERY == 0:
                    step.report(f"{day}, {past.count:,} episodes")
        yield past


@contextmanager
def report_archive_errors() -> Iterator[None]:
    """Report an error of the archive as one sentence for the user."""
    try:
        yield
    except HubError as error:
        raise UserError(f"The archive could not be read: {error.reason}.") from error


def open_archive(hub: Hub) -> Archive:
    return Archive(hub.output("ArchiveBucket"), lambda: hub.s3)


def make_catalogue_reader(hub: Hub) -> Callable[[int], Catalogue]:
    @lru_cache(maxsize=16)
    def catalogue(number: int) -> Catalogue:
        return Catalogue.from_snapshot(
            catalogues.read_snapshot(hub, number) if number else EMPTY_SNAPSHOT
        )

    return catalogue


def make_surroundings_reader(hub: Hub) -> Callable[[str], Surroundings]:
    archive = open_archive(hub)

    @lru_cache(maxsize=256)
    def surroundings(name: str) -> Surroundings:
        return Surroundings.from_dict(archive.read_surroundings(name))

    return surroundings
