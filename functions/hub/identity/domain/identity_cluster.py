"""By which keys a customer is known, and what keeps two customers from being one person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hub.kernel.digest import digest

_POOL_PREFIX = "shared-"

KeyLimits = Mapping[str, int]
"""Of each kind of strong keys the most that one person has; what is not in it is not strong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCluster:
    """The strong keys that a living customer is known by; without any they are provisional.

    A customer whose id is `nobodys(key)` is the pool of what came by a key that turned out to be
    shared by several who are known: nobody is ever merged with it.

    `absorbed` are the customers merged into them, `apart` those that a person told apart from them.
    `version` counts writes and guards them; 0 is one not yet stored.
    """

    customer_id: str
    version: int = 0
    keys: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

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
    """The key by which an event shows that `customer_id` is the same person as its own customer."""

    customer_id: str
    key: str


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """A key that gave way in one event, to whom it belonged, and why. `moved`: it is shared, and
    belongs to nobody from now on."""

    key: str
    owner: str
    reason: str
    moved: bool = False


def make_pool_id(key: str) -> str:
    """The id of the pool of a key that is shared."""
    return f"{_POOL_PREFIX}{digest(key, 15)}"


def namespace_of(key: str) -> str:
    return key.partition("#")[0]


def is_strong(key: str, limits: KeyLimits) -> bool:
    return namespace_of(key) in limits


def find_merge_objection(
    first: IdentityCluster, second: IdentityCluster, key: str, limits: KeyLimits
) -> str:
    """Why `key` does not show the two to be one person; empty where it does.

    No key at all is a person's own word, which is held to the limits only.
    """
    if first.is_pool or second.is_pool:
        return "is shared by several"
    if key and not is_strong(key, limits) and first.keys and second.keys:
        return "names somebody else who is known"
    if key and _is_kept_apart(first, second):
        return "names somebody who was told apart by hand"
    added = {key} if is_strong(key, limits) else set()
    counts = Counter(map(namespace_of, {*first.keys, *second.keys, *added}))
    over = sorted(name for name, count in counts.items() if count > limits.get(name, count))
    return f"would give one person {counts[over[0]]} keys of the kind {over[0]}" if over else ""


def _is_kept_apart(first: IdentityCluster, second: IdentityCluster) -> bool:
    ids = {first.customer_id, *first.absorbed}, {second.customer_id, *second.absorbed}
    return not (ids[1].isdisjoint(first.apart) and ids[0].isdisjoint(second.apart))
