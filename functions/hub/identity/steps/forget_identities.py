"""Deletes the keys, conflicts and merges of a customer who was erased.

The write that took in the request for erasure has emptied the profile already.
"""

from dataclasses import dataclass

from hub.identity.ports import Identities, KeyConflicts
from hub.model.episode import RecordedEpisode
from hub.profile.domain.erasure import ERASED


@dataclass(frozen=True, slots=True)
class ForgetIdentities:
    """Deletes clusters last, because they name the absorbed customers: so a retry finds them."""

    identities: Identities
    conflicts: KeyConflicts

    def __call__(self, record: RecordedEpisode) -> None:
        if not any(event.type == ERASED for event in record.episode.events):
            return
        customer_id = record.episode.customer_id
        absorbed = self.identities.read_clusters([customer_id])[customer_id].absorbed
        self.conflicts.forget({customer_id, *absorbed})
        self.identities.forget(customer_id, _list_keys(record))


def _list_keys(record: RecordedEpisode) -> set[str]:
    """Lists the customer's keys. The request has a write of its own, so the state before has them
    all."""
    identities = record.before.identities
    return {f"{name}#{value}" for name, values in identities.items() for value in values}
