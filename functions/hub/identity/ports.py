"""The ports to the identities, to the conflicts of keys and to the ledger of merges."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.domain.merge_record import KeyConflictRecord, MergeRecord
from hub.model.customer import Customer


class Identities(Protocol):
    """The owner of each key (`email#ann@example.com`), and the strong keys of each customer."""

    def find_owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Finds the customer id of each key that has an owner. Reads consistently."""

    def read_clusters(self, customer_ids: Iterable[str]) -> dict[str, IdentityCluster]:
        """Reads the cluster of each id. The cluster of an absorbed customer is the survivor's."""

    def assign_keys(
        self,
        keys: Sequence[str],
        cluster: IdentityCluster,
        shared: Mapping[str, str],
        left: Mapping[str, str],
    ) -> None:
        """Gives the free `keys` to the customer of `cluster`, and the `shared` keys to nobody.

        `cluster` already has those of the keys that are strong. `shared` is key -> present owner.
        `left` is key -> erased owner, for those of `keys` that the erasure has not deleted.
        It writes all or nothing. Raises `Conflict` if the cluster is not of the stored version or
        another customer has one of the keys by now.
        """

    def forget(self, customer_id: str, keys: Iterable[str]) -> None:
        """Deletes all keys of the customer and of all they absorbed, and marks them as erased.

        `keys` are those that the caller knows of; a key that was assigned in the last second may be
        missed otherwise. Keys of other customers stay.
        """


class KeyConflicts(Protocol):
    """The keys that were refused, because another customer has them or a limit was reached."""

    def note(self, conflicts: Sequence[KeyConflictRecord]) -> None:
        """Stores the conflicts. A repeated conflict is stored once."""

    def forget(self, customer_ids: Collection[str]) -> None:
        """Deletes all conflicts and merges of these customers."""


class Merges(Protocol):
    """The ledger of merges. It alone writes two customers at once."""

    def merge(self, merge: MergeRecord, survivor: Customer) -> None:
        """Writes in one transaction the survivor, an alias for the absorbed customer, the moved
        keys, and the record. Raises `Conflict` if anything is not as `merge` says it was."""

    def unmerge(
        self,
        merge: MergeRecord,
        survivor: Customer,
        absorbed: Customer,
        clusters: tuple[IdentityCluster, IdentityCluster],
    ) -> None:
        """Writes in one transaction both customers, both clusters, and that the merge is undone.
        Raises `Conflict` if the survivor, their cluster or the record has changed."""

    def read_last(self, customer_id: str) -> MergeRecord | None:
        """Reads the last merge that absorbed the customer, even if it is undone."""
