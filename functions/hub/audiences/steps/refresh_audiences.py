"""Target lists: one look at everybody makes all the lists that are wanted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import IO, Any

import orjson

from hub.audiences.domain.audience import Audience, AudienceStatus, Listing, audience_from_row
from hub.catalogue.domain.catalogue import policies_of
from hub.catalogue.domain.policy import Policies
from hub.catalogue.domain.row_reader import RowRefused
from hub.catalogue.ports import CatalogueStore
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.clock_tick import ticked
from hub.kernel.csv_safe import csv_line
from hub.kernel.each_message import each
from hub.kernel.errors import HubError
from hub.kernel.queue_message import Message
from hub.kernel.times import iso
from hub.platform.ports import Files
from hub.profile.ports import Everybody

Looked = Callable[[int], None]


def unwatched(_: int) -> None:
    """For whom nobody waits."""


@dataclass(frozen=True, slots=True)
class ListMaker:
    """Each list is a file `audiences/<id>/<period>.csv`, and beside it a manifest that says how it
    came about, written last: where it is, the list is whole."""

    everybody: Everybody
    files: Files

    def __call__(
        self,
        audiences: Sequence[Audience],
        policies: Policies,
        now: datetime,
        zone: tzinfo,
        looked: Looked = unwatched,
    ) -> list[dict[str, Any]]:
        """The manifests. `looked` is told how many customers were looked at so far."""
        listings = [Listing(audience, now, policies) for audience in audiences]
        with ExitStack() as open_files:
            spools = [open_files.enter_context(self.files.aside()) for _ in listings]
            pairs = list(zip(listings, spools, strict=True))
            for listing, spool in pairs:
                spool.write(csv_line(listing.audience.header))
            for number, customer in enumerate(self.everybody.all(), start=1):
                for listing, spool in pairs:
                    if row := listing.row(customer):
                        spool.write(csv_line(row))
                looked(number)
            return [self._kept(listing, spool, zone) for listing, spool in pairs]

    def _kept(self, listing: Listing, spool: IO[bytes], zone: tzinfo) -> dict[str, Any]:
        key = key_of(listing.audience, listing.now, zone)
        spool.seek(0)
        self.files.put(key, spool)
        manifest = _manifest(listing, key)
        self.files.put(_beside(key), [orjson.dumps(manifest, option=orjson.OPT_INDENT_2)])
        return manifest


@dataclass(frozen=True, slots=True)
class Refresher:
    """On every tick of the clock, the lists that are due: of those that live, the ones that have
    none for their period yet. So a tick that comes twice makes nothing twice, and one that is lost
    is made up for by the next."""

    store: CatalogueStore
    files: Files
    make: ListMaker
    zone: tzinfo

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, lambda message: self._refresh(ticked(message.body)))

    def _refresh(self, now: datetime) -> None:
        snapshot = self.store.load(self.store.newest())
        due = [audience for audience in live(snapshot) if not self._made(audience, now)]
        if due:
            self.make(due, policies_of(snapshot), now, self.zone)

    def _made(self, audience: Audience, now: datetime) -> bool:
        return self.files.exists(_beside(key_of(audience, now, self.zone)))


def live(snapshot: Mapping[str, Any]) -> Iterator[Audience]:
    """Those that a published catalogue has made anew; one that this release does not read is left
    out."""
    for row in snapshot["rows"].get("audiences", {}).values():
        try:
            audience = audience_from_row(row, FieldTypes())
        except RowRefused:
            continue
        if audience.status is AudienceStatus.LIVE:
            yield audience


def key_of(audience: Audience, now: datetime, zone: tzinfo) -> str:
    return f"audiences/{audience.audience_id}/{audience.period(now.astimezone(zone))}.csv"


def _beside(key: str) -> str:
    return f"{key.removesuffix('.csv')}.manifest.json"


def _manifest(listing: Listing, key: str) -> dict[str, Any]:
    audience = listing.audience
    return {
        "audience_id": audience.audience_id,
        "expression": audience.expression.text,
        "channel": audience.channel,
        "columns": list(audience.header),
        "at": iso(listing.now),
        "key": key,
        **listing.tally.to_dict(),
    }
