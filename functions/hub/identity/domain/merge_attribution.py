"""The block `owing` (`hub.measurement.domain.sales_attribution`) of two customers who were taken
for one, apart again."""

from collections.abc import Mapping
from typing import Any

Owing = Mapping[str, Any]


def since(own: Owing, before: Owing, now: Owing) -> dict[str, Any]:
    """What is still held of `own`, as it has become, and what was added to `before` until `now`."""
    return _each(own, before, now, with_new=True)


def still(own: Owing, before: Owing, now: Owing) -> dict[str, Any]:
    """What is still held of `own`, as it has become."""
    return _each(own, before, now, with_new=False)


def _each(own: Owing, before: Owing, now: Owing, *, with_new: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in now:
        mine, then, later = (_by_name(block, part) for part in (own, before, now))
        found[block] = [
            mine[name] if name in mine and then.get(name) == one else one
            for name, one in later.items()
            if name in mine or (with_new and name not in then)
        ]
    return {block: held for block, held in found.items() if held}


def _by_name(block: str, owing: Owing) -> dict[Any, Any]:
    """A message by its action, a line by its sale and key."""
    held = owing.get(block, ())
    return {one[1]["action_id"] if block == "touches" else tuple(one[:2]): one for one in held}
