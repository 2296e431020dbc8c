"""Target lists: one look at everybody makes all the lists that are wanted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import IO, Any

import orjson

from hub.audiences.domain.audience import AUDIENCES, Audience, AudienceRun, AudienceStatus
from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy import Policies
from hub.catalogue.ports import CatalogueStore
from hub.kernel.clock_tick import parse_tick
from hub.kernel.csv_safe import to_csv_line
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.platform.ports import Files
from hub.profile.ports import CustomerScan

ReportProgress = Callable[[int], None]


def ignore_progress(_: int) -> None:
    """For whom nobody waits."""


@dataclass(frozen=True, slots=True)
class AudienceWriter:
    """Each list is a file `audiences/<id>/<period>.csv`, and beside it a manifest that says how it
    came about, written last: where it is, the list is whole."""

    customer_scan: CustomerScan
    files: Files

    def __call__(
        self,
        audiences: Sequence[Audience],
        policies: Policies,
        now: datetime,
        zone: tzinfo,
        report_progress: ReportProgress = ignore_progress,
    ) -> list[dict[str, Any]]:
        """The manifests. `looked` is told how many customers were looked at so far."""
        listings = [AudienceRun(audience, now, policies) for audience in audiences]
        with ExitStack() as open_files:
            spools = [open_files.enter_context(self.files.open_temporary()) for _ in listings]
            pairs = list(zip(listings, spools, strict=True))
            for listing, spool in pairs:
                spool.write(to_csv_line(listing.audience.header))
            for number, customer in enumerate(self.customer_scan.scan(), start=1):
                for listing, spool in pairs:
                    if row := listing.select_row(customer):
                        spool.write(to_csv_line(row))
                report_progress(number)
            return [self._store(listing, spool, zone) for listing, spool in pairs]

    def _store(self, listing: AudienceRun, spool: IO[bytes], zone: tzinfo) -> dict[str, Any]:
        key = audience_key(listing.audience, listing.now, zone)
        spool.seek(0)
        self.files.put(key, spool)
        manifest = _build_manifest(listing, key)
        self.files.put(_manifest_key(key), [orjson.dumps(manifest, option=orjson.OPT_INDENT_2)])
        return manifest


@dataclass(frozen=True, slots=True)
class RefreshAudiences:
    """On every tick of the clock, the lists that are due: of those that live, the ones that have
    none for their period yet. So a tick that comes twice makes nothing twice, and one that is lost
    is made up for by the next."""

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


def list_live_audiences(snapshot: Mapping[str, Any]) -> Iterator[Audience]:
    """Those that a published catalogue has made anew; one that this release does not read is left
    out."""
    for audience in AUDIENCES.read_all(snapshot["rows"].get("audiences", {})).values():
        if audience.status is AudienceStatus.LIVE:
            yield audience


def audience_key(audience: Audience, now: datetime, zone: tzinfo) -> str:
    return f"audiences/{audience.audience_id}/{audience.period_name(now.astimezone(zone))}.csv"


def _manifest_key(key: str) -> str:
    return f"{key.removesuffix('.csv')}.manifest.json"


def _build_manifest(listing: AudienceRun, key: str) -> dict[str, Any]:
    audience = listing.audience
    return {
        "audience_id": audience.audience_id,
        "expression": audience.expression.text,
        "channel": audience.channel,
        "columns": list(audience.header),
        "at": to_iso(listing.now),
        "key": key,
        **listing.counts.to_dict(),
    }
