"""Events of a source on an EventBridge bus: the `bus` part of its `source.json`."""

from dataclasses import dataclass, field
from typing import Self

from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class BusDefinition:
    """Which events the hub takes from a bus.

    `source` is a service of AWS (`aws.connect`) on the account's own bus, or a partner
    (`aws.partner/salesforce.com`) on the account's bus of that partner. `delivery_id` is the
    JMESPath of the part that a repeated event has in common; without it, or if it finds nothing,
    EventBridge's id is the delivery id. `payload` is `event` for the whole event or `detail` for
    its detail. `detail` is a further condition on the detail, in EventBridge's pattern syntax.
    """

    source: str
    detail_types: tuple[str, ...]
    delivery_id: str = ""
    payload: str = "event"
    detail: JsonObject = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(**{**data, "detail_types": tuple(data["detail_types"])})
