"""Records what addresses say of themselves, before anybody decides on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.contact_policy.domain.address_refusals import (
    AddressStatement,
    find_statements,
    is_arrival,
)
from hub.contact_policy.ports import AddressRefusalStore
from hub.kernel.contact_details.address_refusals import DELIVERY
from hub.kernel.errors import HubError
from hub.model.event import Event


@dataclass(frozen=True, slots=True)
class RecordStatements:
    """A repeated event changes nothing."""

    refusals: AddressRefusalStore

    def __call__(
        self, events: Sequence[Event], sent: Mapping[str, Mapping[str, str]]
    ) -> Mapping[int, HubError]:
        """Returns the failures by the index of the event.

        `sent` is the identities of each event by its id, as the source sent them."""
        statements = {
            index: found
            for index, event in enumerate(events)
            if (found := find_statements(event, sent.get(event.id, {})))
        }
        if not statements:
            return {}
        try:
            needed = self._select_needed(statements)
        except HubError as error:
            return dict.fromkeys(statements, error)
        failures: dict[int, HubError] = {}
        for index, of_event in needed.items():
            try:
                for statement in of_event:
                    self.refusals.record(statement)
            except HubError as error:
                failures[index] = error
        return failures

    def _select_needed(
        self, statements: Mapping[int, Sequence[AddressStatement]]
    ) -> dict[int, list[AddressStatement]]:
        """Leaves out arrivals at addresses that did not fail: they are most of all events."""
        arrivals = {s.key for found in statements.values() for s in found if is_arrival(s)}
        failing = {s.key for found in statements.values() for s in found if _is_failure(s)}
        if arrivals:
            refusals = self.refusals.find(arrivals)
            failing |= {key for key in arrivals if DELIVERY in refusals.by_key.get(key, {})}
        return {
            index: [s for s in found if not is_arrival(s) or s.key in failing]
            for index, found in statements.items()
        }


def _is_failure(statement: AddressStatement) -> bool:
    return statement.purpose == DELIVERY and not statement.agrees
