"""The event bus. PutEvents answers 200 even if it took nothing, so `Bus` checks every entry.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.kernel.errors import Unavailable
from hub.kernel.json_types import JsonObject
from hub.messaging.domain import bus_records
from hub.messaging.ports import Refusals
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.aws_batches import Chunk, send_all
from hub.platform.adapters.aws_clients import events, translate_errors
from hub.platform.adapters.aws_text import to_json

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef


class Bus:
    """`hub.messaging.ports.Bus` on EventBridge."""

    def __init__(self, name: str) -> None:
        self._name = name

    @translate_errors()
    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals:
        return send_all(
            payloads,
            lambda _, payload: self._to_entry(bus_records.RAW, payload.source, payload.to_dict()),
            self._put,
        )

    @translate_errors()
    def publish(self, source: str, details: Sequence[JsonObject]) -> Refusals:
        return send_all(
            details,
            lambda _, detail: self._to_entry(source, _detail_type(detail), detail),
            self._put,
        )

    def publish_one(self, source: str, detail: JsonObject) -> None:
        for reason in self.publish(source, [detail]).values():
            raise Unavailable(f"the bus did not take {_detail_type(detail)}: {reason}")

    def _to_entry(
        self, source: str, detail_type: str, detail: JsonObject
    ) -> "tuple[PutEventsRequestEntryTypeDef, int]":
        text = to_json(detail)
        size = len(source) + len(detail_type.encode()) + len(text.encode())
        return {
            "EventBusName": self._name,
            "Source": source,
            "DetailType": detail_type,
            "Detail": text,
        }, size

    @staticmethod
    def _put(chunk: "Chunk[PutEventsRequestEntryTypeDef]") -> Refusals:
        response = events().put_events(Entries=[entry for _, entry in chunk])
        if not response["FailedEntryCount"]:
            return {}
        results = zip(chunk, response["Entries"], strict=True)
        return {
            index: result["ErrorCode"] for (index, _), result in results if "ErrorCode" in result
        }


def _detail_type(detail: JsonObject) -> str:
    """The type of an event, or of the event that a decision is about."""
    detail_type: str = detail["type"] if "type" in detail else detail["event_type"]
    return detail_type
