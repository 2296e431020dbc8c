"""Lists are made when they are due: once a period, all in one scan of the customers."""

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.audiences.steps.refresh_audiences import AudienceWriter, RefreshAudiences
from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.contact_policy.steps.attach_refusals import (
    SCANNED_AT_ONCE,
    AttachRefusals,
)
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from tests import fakes
from tests.factories import NOON, a_customer

GOLD: dict[str, Any] = {
    "audience_id": "gold",
    "expression": "customer.loyalty.tier == 'gold'",
    "channel": "email",
    "columns": ["customer.person.first_name"],
    "every": "1d",
    "status": "live",
}
NO_WORDS = AttachRefusals(fakes.AddressRefusalStore())
ALL: dict[str, Any] = {**GOLD, "audience_id": "all", "expression": "now > '2000-01-01'"}


@dataclass
class Lists:
    """The step on fakes, in the time zone of Berlin, where a day starts at 23:00 in UTC."""

    rows: tuple[dict[str, Any], ...] = (GOLD,)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    files: fakes.Files = field(default_factory=fakes.Files)
    refusals: fakes.AddressRefusalStore = field(default_factory=fakes.AddressRefusalStore)

    def __post_init__(self) -> None:
        store = fakes.CatalogueStore()
        audiences = {row["audience_id"]: row for row in self.rows}
        store.publish(1, {"number": 1, "rows": {"audiences": audiences}})
        attach = AttachRefusals(self.refusals)
        writer = AudienceWriter(fakes.CustomerScan(self.customers), self.files, attach)
        self.step = RefreshAudiences(store, self.files, writer, ZoneInfo("Europe/Berlin"))

    def add_customer(self, name: str, tier: str, **more: Any) -> None:
        person = {"first_name": name.title()}
        customer = a_customer(person=person, loyalty={"tier": tier}, **more)
        self.customers.put(customer.with_changes(customer_id=name))

    def tick(self, time: str) -> dict[str, HubError]:
        body = {"source": "aws.events", "detail-type": "Scheduled Event", "time": time}
        return dict(self.step([QueueMessage("m-1", body)]))

    def read(self, key: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.files.files[key].decode(), newline="")))


@pytest.fixture
def lists() -> Lists:
    lists = Lists()
    lists.add_customer("ann", "gold")
    lists.add_customer("bernd", "silver")
    lists.add_customer("carol", "gold", consent=False)
    return lists


def test_an_address_that_refused_is_on_no_list_and_the_manifest_says_why(lists: Lists) -> None:
    said = AddressStatement("email", "Ann@Example.com", "marketing", False, NOON, "ses", "e-1")
    lists.refusals.record(said)
    assert lists.tick("2026-11-25T10:00:00Z") == {}
    assert len(lists.read("audiences/gold/2026-11-25.csv")) == 1
    manifest = json.loads(lists.files.files["audiences/gold/2026-11-25.manifest.json"])
    assert manifest["left_out"] == {
        "no consent to marketing messages by email": 1,
        "the address refused marketing on email at 2026-11-22T12:00:00.000Z": 1,
    }


def test_a_list_asks_once_for_the_refusals_of_many_customers() -> None:
    lists = Lists()
    for number in range(SCANNED_AT_ONCE + 1):
        lists.add_customer(f"c-{number}", "gold")
    assert lists.tick("2026-11-25T10:00:00Z") == {}
    assert lists.refusals.reads == 2
    assert len(lists.read("audiences/gold/2026-11-25.csv")) == SCANNED_AT_ONCE + 2


def test_a_list_for_no_channel_asks_no_address() -> None:
    everybody = Lists(({**GOLD, "channel": ""},))
    everybody.add_customer("ann", "gold")
    assert everybody.tick("2026-11-25T10:00:00Z") == {}
    assert everybody.refusals.reads == 0


def test_without_the_refusals_no_list_is_made(lists: Lists) -> None:
    lists.refusals.outage = Unavailable("no table")
    assert isinstance(lists.tick("2026-11-25T10:00:00Z")["m-1"], Unavailable)
    assert lists.files.files == {}


def test_a_due_list_is_made_with_a_manifest(lists: Lists) -> None:
    assert lists.tick("2026-11-25T10:00:00Z") == {}
    key = "audiences/gold/2026-11-25.csv"
    header = ["customer_id", "address", "customer.person.first_name"]
    assert lists.read(key) == [header, ["ann", "ann@example.com", "Ann"]]
    assert json.loads(lists.files.files["audiences/gold/2026-11-25.manifest.json"]) == {
        "audience_id": "gold",
        "expression": "customer.loyalty.tier == 'gold'",
        "channel": "email",
        "columns": header,
        "at": "2026-11-25T10:00:00.000Z",
        "key": key,
        "scanned": 3,
        "count": 1,
        "left_out": {"no consent to marketing messages by email": 1},
    }


def test_a_list_is_made_once_a_period_of_the_hubs_calendar(lists: Lists) -> None:
    lists.tick("2026-11-25T10:00:00Z")
    lists.add_customer("dora", "gold")
    lists.tick("2026-11-25T22:00:00Z")
    assert len(lists.read("audiences/gold/2026-11-25.csv")) == 2
    lists.tick("2026-11-25T23:00:00Z")
    assert len(lists.read("audiences/gold/2026-11-26.csv")) == 3


def test_an_interrupted_list_is_made_at_the_next_tick(lists: Lists) -> None:
    lists.tick("2026-11-25T10:00:00Z")
    del lists.files.files["audiences/gold/2026-11-25.manifest.json"]
    lists.add_customer("dora", "gold")
    lists.tick("2026-11-25T11:00:00Z")
    assert len(lists.read("audiences/gold/2026-11-25.csv")) == 3


def test_all_lists_that_are_due_are_made_in_one_scan() -> None:
    class CountingScan(fakes.CustomerScan):
        scans = 0

        def scan(self) -> Any:
            CountingScan.scans += 1
            return super().scan()

    lists = Lists((GOLD, ALL))
    lists.add_customer("ann", "gold")
    lists.add_customer("bernd", "silver")
    lists.customers.put(a_customer().with_changes(customer_id="old"), merged_into="ann")
    writer = AudienceWriter(CountingScan(lists.customers), lists.files, NO_WORDS)
    lists.step = RefreshAudiences(lists.step.store, lists.files, writer, lists.step.zone)
    lists.tick("2026-11-25T10:00:00Z")
    assert len(lists.read("audiences/gold/2026-11-25.csv")) == 2
    assert len(lists.read("audiences/all/2026-11-25.csv")) == 3
    assert CountingScan.scans == 1


@pytest.mark.parametrize("status", ["draft", "paused"])
def test_a_list_that_is_not_live_is_not_made(status: str) -> None:
    lists = Lists(({**GOLD, "status": status},))
    lists.tick("2026-11-25T10:00:00Z")
    assert lists.files.files == {}


def test_a_list_that_this_release_cannot_read_does_not_stop_others() -> None:
    lists = Lists(({**GOLD, "audience_id": "odd", "expression": "astrology(now)"}, GOLD))
    lists.tick("2026-11-25T10:00:00Z")
    assert list(lists.files.files) == [
        "audiences/gold/2026-11-25.csv",
        "audiences/gold/2026-11-25.manifest.json",
    ]


def test_an_incomplete_list_is_not_stored(lists: Lists) -> None:
    class InterruptedScan(fakes.CustomerScan):
        def scan(self) -> Any:
            yield next(iter(super().scan()))
            raise Unavailable("the table does not answer")

    writer = AudienceWriter(InterruptedScan(lists.customers), lists.files, NO_WORDS)
    lists.step = RefreshAudiences(lists.step.store, lists.files, writer, lists.step.zone)
    [failure] = lists.tick("2026-11-25T10:00:00Z").values()
    assert isinstance(failure, Unavailable)
    assert lists.files.files == {}


def test_a_tick_without_a_time_is_refused(lists: Lists) -> None:
    [failure] = lists.step([QueueMessage("m-1", {"detail-type": "Scheduled Event"})]).values()
    assert isinstance(failure, Rejected)
