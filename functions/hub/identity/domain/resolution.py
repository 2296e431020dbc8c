"""Identity resolution: the customer of an event, and the customers it shows to be one person.

The strongest key counts first. A key that contradicts a stronger one is refused, with a
`KeyConflict`. Without conflicts, the same events in any order lead to the same customers.
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
    """The customer that the keys of one event lead to.

    `cluster` is the customer's before the event. `kept_keys` are the keys of the event that name
    the customer; `gained_keys` are those of them that had no owner. `links` name the other
    customers who are the same person.
    """

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
        """The keys that belong to nobody from now on."""
        return tuple(conflict.key for conflict in self.conflicts if conflict.moved)


def resolve_identity(
    keys: Iterable[str],
    owners: Mapping[str, IdentityCluster],
    limits: KeyLimits,
    new_id: Callable[[], str],
) -> IdentityResolution:
    """Resolves `keys`, strongest first, as `Namespaces.normalize_keys` gives them.

    `owners` has the cluster of each key that has an owner. The customer is the owner of the
    strongest key. An owner without strong keys counts only if no other owner has any. A key in a
    pool counts only if there is no other key. A key of an erased customer has no owner.
    """
    keys = tuple(keys)
    owners = {key: owner for key, owner in owners.items() if not owner.erased}
    telling = [key for key in keys if key not in owners or not owners[key].is_pool]
    if not telling:
        return IdentityResolution(cluster=owners[keys[0]], kept_keys=keys[:1], gained_keys=())
    person = IdentityCluster(customer_id="")
    links: dict[str, tuple[str, IdentityCluster]] = {}
    kept: list[str] = []
    conflicts: list[KeyConflict] = []
    for key in telling:
        owner = owners.get(key, IdentityCluster(customer_id=""))
        reason = (
            "" if owner.customer_id in links else find_merge_objection(person, owner, key, limits)
        )
        if reason:
            shared = not is_strong(key, limits) and any(is_strong(k, limits) for k in kept)
            conflicts.append(KeyConflict(key, owner.customer_id, reason, shared))
            continue
        kept.append(key)
        person = person.join(owner).with_keys([key] if is_strong(key, limits) else ())
        if owner.customer_id:
            links.setdefault(owner.customer_id, (key, owner))
    cluster = _choose_customer(links) or IdentityCluster(customer_id=new_id())
    return IdentityResolution(
        cluster=cluster,
        kept_keys=tuple(kept),
        gained_keys=tuple(key for key in kept if key not in owners),
        links=tuple(
            CustomerLink(i, key) for i, (key, _) in links.items() if i != cluster.customer_id
        ),
        conflicts=tuple(conflicts),
    )


def _choose_customer(links: Mapping[str, tuple[str, IdentityCluster]]) -> IdentityCluster | None:
    owners = [owner for _, owner in links.values()]
    with_strong_keys = (owner for owner in owners if owner.keys)
    return next(with_strong_keys, None) or next(iter(owners), None)
