"""Resolve: whose event is this? Known keys lead to their customer, unknown ones found a new one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hub.domain.errors import Conflict, Rejected, Unavailable
from hub.domain.event import Event
from hub.domain.identity import Keys, Namespaces
from hub.ports import Identities

TRIES = 5


@dataclass(frozen=True, slots=True)
class Resolver:
    """Finds or founds the customers of a batch of events with one read of the identities table.

    Of several customers named by one event, the one named by the strongest key is meant; keys
    that a household shares name somebody only in an event that has no other.
    """

    identities: Identities
    namespaces: Namespaces
    new_id: Callable[[], str]

    def resolve(self, events: Sequence[Event]) -> list[Event | Rejected]:
        """The events with their customer, or why nobody can be named, in the same order."""
        keys = [self.namespaces.keys(event.identities) for event in events]
        owners = self.identities.owners({key for found in keys for key in found.keys})
        return [
            self._owned(event, found, owners) for event, found in zip(events, keys, strict=True)
        ]

    def _owned(self, event: Event, found: Keys, owners: dict[str, str]) -> Event | Rejected:
        if not found.keys:
            return Rejected(found.reason or "nothing in it says who it is about", "identities")
        customer_id = self._claim(found, owners)
        return replace(event, customer_id=customer_id, identities=found.values)

    def _claim(self, found: Keys, owners: dict[str, str]) -> str:
        for _ in range(TRIES):
            owner = next((owners[key] for key in found.naming if key in owners), None)
            customer_id = owner or self.new_id()
            free = [key for key in found.keys if key not in owners]
            try:
                if free:
                    self.identities.claim(free, customer_id)
                    owners |= dict.fromkeys(free, customer_id)
            except Conflict:
                owners |= self.identities.owners(found.keys)
                continue
            return customer_id
        raise Unavailable(f"its keys were claimed by others {TRIES} times in a row")
