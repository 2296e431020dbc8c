"""How long after a message a sale is owed to it that names none."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from hub.catalogue.domain.policy.scope import PolicyScope, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes

DEFAULT_WINDOW = timedelta(days=14)
"""Where no policy says otherwise."""
LONGEST_WINDOW = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class AttributionWindow:
    """Of messages on one channel, or on all."""

    about: PolicyScope
    window: timedelta

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        window = reader.read_duration("window")
        if window is None and not reader.row.get("window"):
            reader.add_problem(
                "window is missing: how long after a message a sale is owed to it, as 14d"
            )
        elif window and window > LONGEST_WINDOW:
            reader.add_problem(f"window is longer than {LONGEST_WINDOW.days}d")
        return cls(read_policy_scope(reader, "channel"), window or DEFAULT_WINDOW)
