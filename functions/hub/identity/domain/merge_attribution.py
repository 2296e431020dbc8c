"""The block `owing` (`hub.measurement.domain.sales_attribution`) of two customers who were taken
for one, apart again."""

from collections.abc import Mapping
from typing import Any

AttributionBlock = Mapping[str, Any]


def apply_later_changes(
    own: AttributionBlock, before: AttributionBlock, now: AttributionBlock
) -> dict[str, Any]:
    """What is still held of `own`, as it has become, and what was added to `before` until `now`."""
    return _update_entries(own, before, now, with_new=True)


def update_own_entries(
    own: AttributionBlock, before: AttributionBlock, now: AttributionBlock
) -> dict[str, Any]:
    """What is still held of `own`, as it has become."""
    return _update_entries(own, before, now, with_new=False)


def _update_entries(
    own: AttributionBlock, before: AttributionBlock, now: AttributionBlock, *, with_new: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in now:
        mine, then, later = (_index_entries(block, part) for part in (own, before, now))
        found[block] = [
            mine[name] if name in mine and then.get(name) == one else one
            for name, one in later.items()
            if name in mine or (with_new and name not in then)
        ]
    return {block: held for block, held in found.items() if held}


def _index_entries(block: str, block_entries: AttributionBlock) -> dict[Any, Any]:
    """A message by its action, a line by its sale and key."""
    held = block_entries.get(block, ())
    return {one[1]["action_id"] if block == "touches" else tuple(one[:2]): one for one in held}
