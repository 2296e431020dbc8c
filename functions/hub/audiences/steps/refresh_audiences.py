"""Refreshes target lists: one scan of all customers makes all lists that are due."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import IO

import orjson

from hub.audiences.domain.audience import AUDIENCES, Audience, AudienceRun, AudienceStatus
from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy import Policies
from hub.catalogue.ports import CatalogueStore
from hub.contact_policy.steps.attach_refusals import AttachRefusals, ScanWithRefusals
from hub.kernel.clock_tick import parse_tick
from hub.kernel.csv_safe import to_csv_line
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.platform.ports import Files
from hub.profile.ports import CustomerScan
from hub.surroundings.domain.surroundings import Surroundings

ReportProgress = Callable[[int], None]
"""Gets the number of customers that were scanned so far."""


def ignore_progress(_: int) -> None:
    """The `ReportProgress` of a run that nobody watches."""


@dataclass(frozen=True, slots=True)
class AudienceWriter:
    """Writes each list to a file `audiences/<id>/<period>.csv` with a manifest beside it.

    The manifest is written last, so it shows that the list is complete."""

    customer_scan: CustomerScan
    files: Files
    attach_refusals: AttachRefusals

    def __call__(
        self,
        audiences: Sequence[Audience],
        policies: Policies,
        now: datetime,
        zone: tzinfo,
        report_progress: ReportProgress = ignore_progress,
    ) -> list[dict[str, Json]]:
        """Writes the lists and returns their manifests."""
        around = Surroundings(time_zone=str(zone))
        runs = [AudienceRun(audience, now, policies, around) for audience in audiences]
        attach = self.attach_refusals.on(audience.channel for audience in audiences)
        customers = ScanWithRefusals(self.customer_scan, attach)
        with ExitStack() as open_files:
            spools = [open_files.enter_context(self.files.open_temporary()) for _ in runs]
            pairs = list(zip(runs, spools, strict=True))
            for run, spool in pairs:
                spool.write(to_csv_line(run.audience.header))
            for number, customer in enumerate(customers.scan(), start=1):
                for run, spool in pairs:
                    if row := run.select_row(customer):
                        spool.write(to_csv_line(row))
                report_progress(number)
            return [self._store(run, spool, zone) for run, spool in pairs]

    def _store(self, run: AudienceRun, spool: IO[bytes], zone: tzinfo) -> dict[str, Json]:
        key = audience_key(run.audience, run.now, zone)
        spool.seek(0)
        self.files.put(key, spool)
        manifest = _build_manifest(run, key)
        self.files.put(_manifest_key(key), [orjson.dumps(manifest, option=orjson.OPT_INDENT_2)])
        return manifest


@dataclass(frozen=True, slots=True)
class RefreshAudiences:
    """On every clock tick, makes the live lists that have no file for their period yet.

    So a repeated tick makes nothing twice, and the next tick makes up for a lost one."""

    store: CatalogueStore
    files: Files
    write_audiences: AudienceWriter
    zone: tzinfo

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, lambda message: self._refresh(parse_tick(message.body)))

    def _refresh(self, now: datetime) -> None:
        snapshot = self.store.load(self.store.read_newest_number())
        due = [
            audience
            for audience in list_live_audiences(snapshot)
            if not self._is_written(audience, now)
        ]
        if due:
            self.write_audiences(due, read_policies(snapshot), now, self.zone)

    def _is_written(self, audience: Audience, now: datetime) -> bool:
        return self.files.exists(_manifest_key(audience_key(audience, now, self.zone)))


def list_live_audiences(snapshot: JsonObject) -> Iterator[Audience]:
    """Yields the live lists of a published catalogue that this release can read."""
    for audience in AUDIENCES.read_all(snapshot["rows"].get("audiences", {})).values():
        if audience.status is AudienceStatus.LIVE:
            yield audience


def audience_key(audience: Audience, now: datetime, zone: tzinfo) -> str:
    """The key of the list's file for the period of `now` in the time zone."""
    return f"audiences/{audience.audience_id}/{audience.period_name(now.astimezone(zone))}.csv"


def _manifest_key(key: str) -> str:
    return f"{key.removesuffix('.csv')}.manifest.json"


def _build_manifest(run: AudienceRun, key: str) -> dict[str, Json]:
    audience = run.audience
    return {
        "audience_id": audience.audience_id,
        "expression": audience.expression.text,
        "channel": audience.channel,
        "columns": list(audience.header),
        "at": to_iso(run.now),
        "key": key,
        **run.counts.to_dict(),
    }
