"""Merges the blocks `owing` of two customers, and unmerges them.

`hub.measurement.domain.sales_attribution` says what is in the block.
"""

from hub.kernel.json_types import Json, JsonObject

AttributionBlock = JsonObject


def merge_attribution(survivor: AttributionBlock, absorbed: AttributionBlock) -> dict[str, Json]:
    """Puts the entries of both into one block.

    A line that both have stays twice, because both have published its attribution. The event of
    the merge makes one of the two.
    """
    return {
        part: [*survivor.get(part, ()), *absorbed.get(part, ())]
        for part in [*survivor, *(part for part in absorbed if part not in survivor)]
    }


def apply_later_changes(
    own: AttributionBlock, before: AttributionBlock, now: AttributionBlock
) -> dict[str, Json]:
    """The entries of `own` that still exist, as they are now, and those added since `before`."""
    return _update_entries(own, before, now, with_new=True)


def update_own_entries(
    own: AttributionBlock, before: AttributionBlock, now: AttributionBlock
) -> dict[str, Json]:
    """The entries of `own` that still exist, as they are now."""
    return _update_entries(own, before, now, with_new=False)


def _update_entries(
    own: AttributionBlock, before: AttributionBlock, now: AttributionBlock, *, with_new: bool
) -> dict[str, Json]:
    updated: dict[str, Json] = {}
    for part in now:
        mine, then, later = (_index_entries(part, block) for block in (own, before, now))
        updated[part] = [
            mine[name] if name in mine and then.get(name) == entry else entry
            for name, entry in later.items()
            if name in mine or (with_new and name not in then)
        ]
    return {part: entries for part, entries in updated.items() if entries}


def _index_entries(part: str, block: AttributionBlock) -> dict[Json, Json]:
    """Indexes `touches` by action id, and `lines` by sale and key."""
    entries = block.get(part, ())
    if part == "touches":
        return {entry[1]["action_id"]: entry for entry in entries}
    return {tuple(entry[:2]): entry for entry in entries}
