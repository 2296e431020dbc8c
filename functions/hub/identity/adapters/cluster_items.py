"""The items of clusters and aliases in the identities table: beside the keys, as `@c-1`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.domain.merge_record import cluster_from_dict, cluster_to_dict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel

BY_CUSTOMER = "by_customer_id"


class CustomerIndex(GlobalSecondaryIndex["IdentityItem"]):  # type: ignore[no-untyped-call]  # PynamoDB lacks the types
    """The keys of each customer. Clusters and aliases have no `customer_id`, so it lacks them."""

    class Meta:
        index_name = BY_CUSTOMER
        projection = KeysOnlyProjection()

    customer_id = UnicodeAttribute(hash_key=True)


class IdentityItem(TableModel):
    by_customer = CustomerIndex()
    identity = UnicodeAttribute(hash_key=True)
    customer_id = UnicodeAttribute()
    since = UnicodeAttribute()


class ClusterItem(TableModel):
    """The cluster of a customer. With `merged_into` it is the alias of an absorbed customer."""

    identity = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    record = UnicodeAttribute()
    merged_into = UnicodeAttribute(null=True)


def build_cluster_item(
    model: type[ClusterItem], cluster: IdentityCluster, merged_into: str | None = None
) -> ClusterItem:
    """Builds the item of the version after `cluster.version`."""
    version = cluster.version + 1
    record = to_json({**cluster_to_dict(cluster), "version": version})
    identity = f"@{cluster.customer_id}"
    return model(identity, version=version, record=record, merged_into=merged_into)


def build_erasure(model: type[ClusterItem], customer_id: str) -> list[Action]:
    """Builds the update after which the item only says that the customer is erased.

    It is a write like the others: who has read the cluster before gets a `Conflict`.
    """
    cluster = IdentityCluster(customer_id=customer_id, erased=True)
    return [
        model.record.set(to_json(cluster_to_dict(cluster))),
        model.merged_into.remove(),
        model.version.add(1),
    ]


def build_version_condition(model: type[ClusterItem], cluster: IdentityCluster) -> Condition:
    """The condition that the stored version is still that of `cluster`."""
    if cluster.version:
        return model.version == cluster.version
    return model.identity.does_not_exist()


def read_living_clusters(
    model: type[ClusterItem], customer_ids: Iterable[str]
) -> dict[str, IdentityCluster]:
    """Reads the clusters and follows aliases, with one lookup for each step of the longest chain.

    Returns the clusters by the ids that were passed.
    """
    survivors = {customer_id: customer_id for customer_id in customer_ids}
    clusters: dict[str, IdentityCluster] = {}
    while missing := sorted({i for i in survivors.values() if i not in clusters}):
        items = {item.identity: item for item in _read_items(model, missing)}
        aliases = {i: into for i in missing if (into := _find_alias(items.get(f"@{i}")))}
        clusters |= {i: _to_cluster(items.get(f"@{i}"), i) for i in missing if i not in aliases}
        survivors = {first: aliases.get(now, now) for first, now in survivors.items()}
    return {first: clusters[now] for first, now in survivors.items()}


def _read_items(model: type[ClusterItem], customer_ids: Sequence[str]) -> Iterable[ClusterItem]:
    return model.batch_get([f"@{i}" for i in customer_ids], consistent_read=True)


def _find_alias(item: ClusterItem | None) -> str | None:
    return item.merged_into if item else None


def _to_cluster(item: ClusterItem | None, customer_id: str) -> IdentityCluster:
    if item is None:
        return IdentityCluster(customer_id=customer_id)
    return replace(cluster_from_dict(orjson.loads(item.record)), version=int(item.version))
