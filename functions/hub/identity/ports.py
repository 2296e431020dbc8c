"""Ports: keys, conflicts and merges."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.domain.merge_record import KeyConflictRecord, MergeRecord
from hub.model.customer import Customer


class Identities(Protocol):
    """Who owns a key (`email#ann@example.com`), and by which strong keys a customer is known."""

    def find_owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Key -> customer id, for the keys that have an owner. Reads consistently."""

    def read_clusters(self, customer_ids: Iterable[str]) -> dict[str, IdentityCluster]:
        """Of every id asked the living customer's, whose id is another's where they were merged."""

    def assign_keys(
        self, keys: Sequence[str], cluster: IdentityCluster, shared: Mapping[str, str]
    ) -> None:
        """Gives the free `keys` to the customer, whose `holding` has the strong ones of them
        already, and makes nobody's what is `shared` (key -> who has it): all or none. Raises
        `Conflict` if the holding is not of the stored version or a key is another's by now."""

    def forget(self, customer_id: str, keys: Iterable[str]) -> None:
        """That they are known by these keys, by their strong ones, and by those of who was merged
        into them. What is another's stays."""


class KeyConflicts(Protocol):
    """Keys that gave way to stronger ones."""

    def note(self, conflicts: Sequence[KeyConflictRecord]) -> None:
        """Noted again, a conflict is one."""

    def forget(self, customer_ids: Collection[str]) -> None:
        """All that is noted of these, be it of their keys or of how they were merged."""


class Merges(Protocol):
    """The ledger of merges, and the one place that writes two customers at once."""

    def merge(self, merge: MergeRecord, survivor: Customer) -> None:
        """In one transaction: the survivor as given, an alias in the place of the absorbed, their
        keys, and the line. Raises `Conflict` if anything is not as `merge` says it was."""

    def unmerge(
        self,
        merge: MergeRecord,
        survivor: Customer,
        absorbed: Customer,
        clusters: tuple[IdentityCluster, IdentityCluster],
    ) -> None:
        """In one transaction: both as given, with the strong keys as given, and the line undone.
        Raises `Conflict` if the survivor, their holding or the line has changed."""

    def read_last(self, customer_id: str) -> MergeRecord | None:
        """The last merge by which they were absorbed, also where it is undone."""
