"""What a policy is about."""

from dataclasses import dataclass

from hub.catalogue.domain.policy.schema import NAME, TEXT
from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.json_types import JsonObject
from hub.model.channels import CHANNELS


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """What a policy is about; what it does not name, it does not ask for."""

    channel: str = ""
    category: str = ""
    offer: str = ""
    strategy: str = ""

    def covers(self, channel: str, category: str, offer: str, strategy: str) -> bool:
        return (
            self.channel in ("", channel)
            and self.category in ("", category)
            and self.offer in ("", offer)
            and self.strategy in ("", strategy)
        )

    def __str__(self) -> str:
        named = (self.channel, self.category, self.offer, self.strategy)
        return " ".join(filter(None, named)) or "all"


ANYTHING = PolicyScope()


def read_policy_scope(reader: RowReader, *names: str) -> PolicyScope:
    said = {name: reader.read_text(name) for name in names}
    if said.get("channel"):
        said["channel"] = reader.read_one_of("channel", tuple(CHANNELS))
    return PolicyScope(**said)


def scope_properties(*names: str) -> JsonObject:
    """The JSON Schema of what `read_policy_scope` reads."""
    return {name: TEXT if name == "channel" else NAME for name in names}
