"""How holdings and aliases lie in the identities table: beside the keys, as `@c-1`."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from hub.identity.domain.identity_cluster import Holding
from hub.identity.domain.merge_record import holding_from_dict, holding_to_dict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table


class IdentityItem(Table):
    identity = UnicodeAttribute(hash_key=True)
    customer_id = UnicodeAttribute()
    since = UnicodeAttribute()


class HoldingItem(Table):
    """`merged_into` makes it an alias."""

    identity = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    record = UnicodeAttribute()
    merged_into = UnicodeAttribute(null=True)


def stored(model: type[HoldingItem], holding: Holding, merged_into: str | None = None) -> Any:
    """The item as the version after `holding.version`."""
    version = holding.version + 1
    record = to_json({**holding_to_dict(holding), "version": version})
    place = f"@{holding.customer_id}"
    return model(place, version=version, record=record, merged_into=merged_into)


def unchanged(model: type[HoldingItem], holding: Holding) -> Condition:
    """That the stored version is still the one that was read."""
    if holding.version:
        return model.version == holding.version
    return model.identity.does_not_exist()


def living(model: type[HoldingItem], customer_ids: Iterable[str]) -> dict[str, Holding]:
    """Aliases followed to their end, one lookup for each step of the longest chain."""
    asked = {customer_id: customer_id for customer_id in customer_ids}
    found: dict[str, Holding] = {}
    while missing := sorted({now for now in asked.values() if now not in found}):
        items = {item.identity: item for item in _read(model, missing)}
        aliases = {i: into for i in missing if (into := _alias(items.get(f"@{i}")))}
        found |= {i: _holding(items.get(f"@{i}"), i) for i in missing if i not in aliases}
        asked = {first: aliases.get(now, now) for first, now in asked.items()}
    return {first: found[now] for first, now in asked.items()}


def _read(model: type[HoldingItem], customer_ids: Sequence[str]) -> Iterable[HoldingItem]:
    return model.batch_get([f"@{i}" for i in customer_ids], consistent_read=True)


def _alias(item: HoldingItem | None) -> str | None:
    return item.merged_into if item else None


def _holding(item: HoldingItem | None, customer_id: str) -> Holding:
    return (
        holding_from_dict(orjson.loads(item.record)) if item else Holding(customer_id=customer_id)
    )
