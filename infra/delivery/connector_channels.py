"""Which connector serves which channel: told by their files, and by the context where one may."""

import json
from collections.abc import Mapping

from constructs import Node

from infra import ROOT

# These have functions of their own, so a connector serves them only where it is asked to.
BY_CODE = ("email", "sms")


def served(node: Node) -> Mapping[str, str]:
    """Channel -> connector. `-c email=cakemail` chooses; raises ValueError for what cannot be."""
    able: dict[str, list[str]] = {}
    for path in sorted((ROOT / "schemas" / "connectors").glob("*.json")):
        if channel := json.loads(path.read_text()).get("channel"):
            able.setdefault(channel, []).append(path.stem)
    chosen = {channel: node.try_get_context(channel) for channel in able}
    for channel, names in able.items():
        if chosen[channel] is None and channel not in BY_CODE:
            chosen[channel] = names[0] if len(names) == 1 else ""
        if chosen[channel] is not None and chosen[channel] not in names:
            raise ValueError(f"-c {channel}=... wants one of {', '.join(names)}")
    return {channel: name for channel, name in sorted(chosen.items()) if name}
