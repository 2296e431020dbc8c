"""Which connector serves which channel, by the files of the connectors and the CDK context."""

import json
from collections.abc import Mapping

from constructs import Node

from infra import ROOT

# These have functions of their own. A connector serves them only if the context asks for it.
CHANNELS_WITH_A_FUNCTION = ("email", "sms")


def assign_connectors(node: Node) -> Mapping[str, str]:
    """Return channel -> connector; `-c email=cakemail` chooses one.

    Raises ValueError for a connector that does not serve the channel.
    """
    able: dict[str, list[str]] = {}
    for path in sorted((ROOT / "schemas" / "connectors").glob("*.json")):
        if channel := json.loads(path.read_text()).get("channel"):
            able.setdefault(channel, []).append(path.stem)
    chosen = {channel: node.try_get_context(channel) for channel in able}
    for channel, names in able.items():
        if chosen[channel] is None and channel not in CHANNELS_WITH_A_FUNCTION:
            chosen[channel] = names[0] if len(names) == 1 else ""
        if chosen[channel] is not None and chosen[channel] not in names:
            raise ValueError(f"-c {channel}=... wants one of {', '.join(names)}")
    return {channel: name for channel, name in sorted(chosen.items()) if name}
