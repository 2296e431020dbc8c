"""`capacity`: how many calls a call queue can take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.policy.periods import AT_ONCE, DAY, HOUR
from hub.catalogue.domain.policy.schema import NAME, WHOLE_NUMBER, choose_from
from hub.catalogue.domain.row_reader import A_NAME, NAME_PATTERN, RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class QueueCapacity:
    """How many calls a queue can take: `slots` per hour, per day or at once."""

    KIND: ClassVar[str] = "capacity"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            "queue": NAME,
            "slots": WHOLE_NUMBER,
            "per": choose_from(HOUR, DAY, AT_ONCE),
        },
        "required": ["queue", "slots"],
    }
    name: str
    queue: str
    slots: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        queue = reader.read_text("queue", NAME_PATTERN, expected=A_NAME)
        slots = reader.read_whole_number("slots")
        if slots < 1:
            reader.add_problem("slots must be a whole number, at least 1")
        return cls(
            f"queue:{queue}", queue, slots, reader.read_one_of("per", (HOUR, DAY, AT_ONCE), HOUR)
        )


def group_by_queue(
    capacities: tuple[QueueCapacity, ...],
) -> Mapping[str, tuple[QueueCapacity, ...]]:
    """Groups by the name of the queue."""
    groups: dict[str, tuple[QueueCapacity, ...]] = {}
    for capacity in capacities:
        groups[capacity.queue] = (*groups.get(capacity.queue, ()), capacity)
    return groups
