"""Gives customers what their addresses refused, whenever they are read for a message to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from hub.contact_policy.domain.address_refusals import KEYED_ADDRESSES, list_address_keys
from hub.contact_policy.ports import AddressRefusalStore
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.profile.ports import Customers, CustomerScan

ALL_CHANNELS = tuple(KEYED_ADDRESSES)
SCANNED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class AttachRefusals:
    """Asks the store once for many customers, about their addresses on `channels`."""

    refusals: AddressRefusalStore
    channels: Sequence[str] = ALL_CHANNELS

    def on(self, channels: Iterable[str]) -> "AttachRefusals":
        """Asks about the addresses on these channels alone. Some have none that are keys."""
        return replace(self, channels=tuple(sorted({*channels} & KEYED_ADDRESSES.keys())))

    def __call__(
        self, customers: Mapping[str, Customer], events: Mapping[str, Iterable[Event]]
    ) -> dict[str, Customer]:
        """Returns the customers with what their addresses refused, by the same names.

        `events` are those that are about to change a customer: they may bring new addresses."""
        keys = {
            name: list_address_keys(customer, events.get(name, ()), self.channels)
            for name, customer in customers.items()
        }
        asked = {key for of_customer in keys.values() for key in of_customer}
        if not asked:
            return dict(customers)
        found = self.refusals.find(asked)
        return {
            name: customer.with_changes(refusals=found.of(keys[name]))
            for name, customer in customers.items()
        }


@dataclass(frozen=True, slots=True)
class CustomersWithRefusals:
    """`hub.profile.ports.Customers`, for whoever takes a last look."""

    customers: Customers
    attach: AttachRefusals

    def read(self, customer_id: str) -> Customer | None:
        customer = self.customers.read(customer_id)
        return self.attach({"": customer}, {})[""] if customer else None

    def read_all(self, customer_ids: Iterable[str]) -> dict[str, Customer]:
        return self.attach(self.customers.read_all(customer_ids), {})

    def write(self, customer: Customer, episode: Episode) -> None:
        self.customers.write(customer, episode)


@dataclass(frozen=True, slots=True)
class ScanWithRefusals:
    """`hub.profile.ports.CustomerScan`, for lists of addresses."""

    customers: CustomerScan
    attach: AttachRefusals

    def scan(self) -> Iterator[Customer]:
        customers = self.customers.scan()
        while batch := list(islice(customers, SCANNED_AT_ONCE)):
            yield from self.attach({each.customer_id: each for each in batch}, {}).values()
