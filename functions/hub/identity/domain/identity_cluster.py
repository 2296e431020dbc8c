"""Identity clusters: the strong keys of a customer, and what forbids a merge of two customers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hub.kernel.digest import digest

_POOL_PREFIX = "shared-"

KeyLimits = Mapping[str, int]
"""Strong namespace -> the most keys of one person. Namespaces that are not in it are not strong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCluster:
    """The strong keys of a customer who was not absorbed. They may have none.

    A customer whose id is `make_pool_id(key)` is a pool: it gets the events of a key that several
    known customers share. A pool is never merged.

    `absorbed` are the customers merged into this one. `apart` are the customers from whom a user
    separated this one. `version` counts the writes, for optimistic locking; 0 is not yet stored.
    The keys of a customer who is `erased` are free, wherever one of them is still stored.
    """

    customer_id: str
    version: int = 0
    keys: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    erased: bool = False

    @property
    def is_pool(self) -> bool:
        return self.customer_id.startswith(_POOL_PREFIX)

    def with_keys(self, keys: Iterable[str]) -> "IdentityCluster":
        return replace(self, keys=tuple(sorted({*self.keys, *keys})))

    def join(self, other: "IdentityCluster") -> "IdentityCluster":
        """This customer after `other` was merged into them."""
        ids = {*self.absorbed, *other.absorbed, other.customer_id}
        return replace(
            self.with_keys(other.keys),
            absorbed=tuple(sorted(ids)),
            apart=tuple(sorted({*self.apart, *other.apart} - ids - {self.customer_id})),
        )


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """The key that shows that `customer_id` is the same person as the customer of the event."""

    customer_id: str
    key: str


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """A key that was refused in one event, its owner, and why it was refused. If `moved`, the key
    is shared and belongs to nobody from now on."""

    key: str
    owner: str
    reason: str
    moved: bool = False


def make_pool_id(key: str) -> str:
    """Makes the customer id of the pool of a shared key."""
    return f"{_POOL_PREFIX}{digest(key, 15)}"


def namespace_of(key: str) -> str:
    return key.partition("#")[0]


def is_strong(key: str, limits: KeyLimits) -> bool:
    return namespace_of(key) in limits


def find_merge_objection(
    first: IdentityCluster, second: IdentityCluster, key: str, limits: KeyLimits
) -> str:
    """Returns why `key` does not show that the two are one person; empty if it does.

    An empty key is a user's request to merge them, for which only the limits count.
    """
    if first.is_pool or second.is_pool:
        return "is shared by several people"
    if key and not is_strong(key, limits) and first.keys and second.keys:
        return "belongs to another known customer"
    if key and _is_kept_apart(first, second):
        return "belongs to a customer whom a user separated from this one"
    added = {key} if is_strong(key, limits) else set()
    counts = Counter(map(namespace_of, {*first.keys, *second.keys, *added}))
    over = sorted(name for name, count in counts.items() if count > limits.get(name, count))
    if not over:
        return ""
    return f"would give one person {counts[over[0]]} keys of the namespace {over[0]}"


def _is_kept_apart(first: IdentityCluster, second: IdentityCluster) -> bool:
    ids = {first.customer_id, *first.absorbed}, {second.customer_id, *second.absorbed}
    return not (ids[1].isdisjoint(first.apart) and ids[0].isdisjoint(second.apart))
