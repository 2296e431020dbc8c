"""How long after a message a sale is owed to it that names none."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from hub.catalogue.domain.policy.scope import About, read_about
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes

WINDOW = timedelta(days=14)
"""Where no policy says otherwise."""
LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class AttributionWindow:
    """Of messages on one channel, or on all."""

    about: About
    window: timedelta

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        window = reader.lasting("window")
        if window is None and not reader.row.get("window"):
            reader.say("window is missing: how long after a message a sale is owed to it, as 14d")
        elif window and window > LONGEST:
            reader.say(f"window is longer than {LONGEST.days}d")
        return cls(read_about(reader, "channel"), window or WINDOW)
