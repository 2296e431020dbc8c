"""How a source is heard on an EventBridge bus: the `bus` part of its `source.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class BusDefinition:
    """`source` is who speaks there: a service of AWS (`aws.connect`) on the account's own bus, or a
    partner (`aws.partner/salesforce.com`) on the bus that stands for the account there.

    `delivery_id` is the JMESPath of what stays the same in an event that is told again; where it
    finds nothing, and unless said, the id that EventBridge gave it. The payload is the whole event,
    or with `payload` said to be so its `detail`. `detail` is what the rule
    asks of the detail besides, in EventBridge's own form.
    """

    source: str
    detail_types: tuple[str, ...]
    delivery_id: str = ""
    payload: str = "event"
    detail: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "detail_types": tuple(data["detail_types"])})
