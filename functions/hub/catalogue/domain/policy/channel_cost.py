"""`channel_cost`: what a message costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.policy.schema import NOT_NEGATIVE, TEXT
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject
from hub.model.channels import CHANNELS


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What a message on the channel costs, in minor units."""

    KIND: ClassVar[str] = "channel_cost"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {"channel": TEXT, "cost": NOT_NEGATIVE},
        "required": ["channel", "cost"],
    }
    channel: str
    cost: float

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        return cls(reader.read_one_of("channel", tuple(CHANNELS)), reader.read_number("cost", 0))


def map_costs(costs: tuple[ChannelCost, ...]) -> Mapping[str, float]:
    """Channel -> what a message on it costs, in minor units."""
    return {policy.channel: policy.cost for policy in costs}
