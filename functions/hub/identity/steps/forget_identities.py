"""Forgetting: whoever asked to be forgotten is known by no key any more, nor from their ledger.

What is known of them themselves went with the write that took their wish in.
"""

from dataclasses import dataclass

from hub.identity.ports import Identities, KeyConflicts
from hub.model.episode import RecordedEpisode
from hub.profile.domain.erasure import ERASED


@dataclass(frozen=True, slots=True)
class ForgetIdentities:
    """Holdings go last, as they tell who was merged into whom; so one cut off is made good."""

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
    """Those that the customer was known by: the wish has a write of its own, so all are here."""
    return {f"{name}#{one}" for name, ones in record.before.identities.items() for one in ones}
