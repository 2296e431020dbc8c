"""The scope of a policy: channel, category, offer and strategy."""

from dataclasses import dataclass

from hub.catalogue.domain.policy.schema import NAME, TEXT
from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.json_types import JsonObject
from hub.model.channels import CHANNELS


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """The messages that a policy is about. An empty field stands for any value."""

    channel: str = ""
    category: str = ""
    offer: str = ""
    strategy: str = ""

    def covers(self, channel: str, category: str, offer: str, strategy: str) -> bool:
        """Whether a message with these values is in the scope."""
        return (
            self.channel in ("", channel)
            and self.category in ("", category)
            and self.offer in ("", offer)
            and self.strategy in ("", strategy)
        )

    def __str__(self) -> str:
        """The values that are not empty, or `all`."""
        values = (self.channel, self.category, self.offer, self.strategy)
        return " ".join(filter(None, values)) or "all"


ANYTHING = PolicyScope()


def read_policy_scope(reader: RowReader, *names: str) -> PolicyScope:
    """Reads those fields of a scope that this kind of policy has. Adds problems to the reader."""
    values = {name: reader.read_text(name) for name in names}
    if values.get("channel"):
        values["channel"] = reader.read_one_of("channel", tuple(CHANNELS))
    return PolicyScope(**values)


def build_scope_properties(*names: str) -> JsonObject:
    """The JSON Schema of what `read_policy_scope` reads."""
    return {name: TEXT if name == "channel" else NAME for name in names}
