"""Recognition: whose event is this, and which customers does it show to be one person?

Keys are taken strongest first, and each only where it contradicts nothing that a stronger one said.
So any order of the same events ends in the same persons wherever nothing had to give way; where
something had, there is a `KeyConflict`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hub.identity.domain.identity_cluster import (
    CustomerLink,
    IdentityCluster,
    KeyConflict,
    KeyLimits,
    find_merge_objection,
    is_strong,
)


@dataclass(frozen=True, slots=True)
class IdentityResolution:
    """`holding` is the customer's before the event; `claims` are the keys they gain, `kept` those
    of the event's that name them."""

    cluster: IdentityCluster
    kept_keys: tuple[str, ...]
    gained_keys: tuple[str, ...]
    links: tuple[CustomerLink, ...] = ()
    conflicts: tuple[KeyConflict, ...] = ()

    @property
    def customer_id(self) -> str:
        return self.cluster.customer_id

    @property
    def shared(self) -> tuple[str, ...]:
        """Keys that are nobody's from now on."""
        return tuple(found.key for found in self.conflicts if found.moved)


def resolve_identity(
    keys: Iterable[str],
    owners: Mapping[str, IdentityCluster],
    limits: KeyLimits,
    new_id: Callable[[], str],
) -> IdentityResolution:
    """`keys` strongest first, as `Namespaces.keys` gives them; `owners` are of those that have one.

    The strongest key's owner is the customer; of nobody known, the strongest provisional one. A key
    that is known to be shared says nothing where there is any other.
    """
    keys = tuple(keys)
    telling = [key for key in keys if key not in owners or not owners[key].is_pool]
    if not telling:
        return IdentityResolution(cluster=owners[keys[0]], kept_keys=keys[:1], gained_keys=())
    person = IdentityCluster(customer_id="")
    ties: dict[str, tuple[str, IdentityCluster]] = {}
    kept: list[str] = []
    conflicts: list[KeyConflict] = []
    for key in telling:
        owner = owners.get(key, IdentityCluster(customer_id=""))
        reason = (
            "" if owner.customer_id in ties else find_merge_objection(person, owner, key, limits)
        )
        if reason:
            shared = not is_strong(key, limits) and any(is_strong(k, limits) for k in kept)
            conflicts.append(KeyConflict(key, owner.customer_id, reason, shared))
            continue
        kept.append(key)
        person = person.join(owner).with_keys([key] if is_strong(key, limits) else ())
        if owner.customer_id:
            ties.setdefault(owner.customer_id, (key, owner))
    holding = _choose_customer(ties) or IdentityCluster(customer_id=new_id())
    return IdentityResolution(
        cluster=holding,
        kept_keys=tuple(kept),
        gained_keys=tuple(key for key in kept if key not in owners),
        links=tuple(
            CustomerLink(i, key) for i, (key, _) in ties.items() if i != holding.customer_id
        ),
        conflicts=tuple(conflicts),
    )


def _choose_customer(ties: Mapping[str, tuple[str, IdentityCluster]]) -> IdentityCluster | None:
    owners = [owner for _, owner in ties.values()]
    known = (owner for owner in owners if owner.keys)
    return next(known, None) or next(iter(owners), None)
