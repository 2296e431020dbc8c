"""Tells customers which of the events under way they had before, but no longer have room for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.event_memory import list_marks
from hub.profile.ports import EventMarks


@dataclass(frozen=True, slots=True)
class AttachRepeats:
    """Asks for the marks of many customers at once, and only of those who have any.

    A customer must be read before their marks: an event that leaves `processed` later than that
    read fails the conditional write."""

    marks: EventMarks

    def __call__(
        self, customers: Mapping[str, Customer], events: Mapping[str, Iterable[Event]]
    ) -> dict[str, Customer]:
        """Returns the customers with their `repeats` among `events`, by the same names."""
        known = dict(customers)
        marks = {
            name: list_marks(customer, events.get(name, ()))
            for name, customer in known.items()
            if customer.marked
        }
        asked = {mark for of_customer in marks.values() for mark in of_customer}
        if not asked:
            return known
        found = self.marks.find(asked)
        for name, digests in marks.items():
            repeats = frozenset(digests[mark] for mark in digests.keys() & found)
            known[name] = known[name].with_changes(repeats=repeats)
        return known
