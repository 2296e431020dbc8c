"""`attribution`: how long after a message a sale that names no message is attributed to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

from hub.catalogue.domain.policy.policies import Policies
from hub.catalogue.domain.policy.schema import TEXT
from hub.catalogue.domain.policy.scope import PolicyScope, build_scope_properties, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject

DEFAULT_WINDOW = timedelta(days=14)
"""The window without a policy."""
LONGEST_WINDOW = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class AttributionWindow:
    """The attribution window of messages on one channel, or on all."""

    KIND: ClassVar[str] = "attribution"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {**build_scope_properties("channel"), "window": TEXT},
        "required": ["window"],
    }
    about: PolicyScope
    window: timedelta

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        window = reader.read_duration("window")
        if window is None and not reader.row.get("window"):
            reader.add_problem(
                "window is missing: how long after a message a sale is attributed to it, as 14d"
            )
        elif window and window > LONGEST_WINDOW:
            reader.add_problem(f"window is longer than {LONGEST_WINDOW.days}d")
        return cls(read_policy_scope(reader, "channel"), window or DEFAULT_WINDOW)


def find_attribution_window(policies: Policies, channel: str) -> timedelta:
    """Finds how long after a message on the channel a sale that names none is attributed to it."""
    windows = policies.derive(AttributionWindow, _map_windows)
    return windows.get(channel) or windows.get("", DEFAULT_WINDOW)


def _map_windows(policies: tuple[AttributionWindow, ...]) -> Mapping[str, timedelta]:
    return {policy.about.channel: policy.window for policy in policies}
