"""The event bus. PutEvents answers 200 even if it took nothing, so `Bus` checks every entry.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.kernel.json_types import JsonObject
from hub.messaging.ports import Refusals
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.aws_batches import Chunk, send_all
from hub.platform.adapters.aws_clients import events, translate_errors
from hub.platform.adapters.aws_text import to_json

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

RAW_SOURCE = "segue.raw"


class Bus:
    """`hub.messaging.ports.Bus` on EventBridge."""

    def __init__(self, name: str) -> None:
        self._name = name

    @translate_errors()
    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals:
        return send_all(
            payloads,
            lambda _, payload: self._to_entry(RAW_SOURCE, payload.source, payload.to_dict()),
            self._put,
        )

    @translate_errors()
    def publish(self, source: str, details: Sequence[JsonObject]) -> Refusals:
        return send_all(
            details,
            lambda _, detail: self._to_entry(
                source, detail["type"] if "type" in detail else detail["event_type"], detail
            ),
            self._put,
        )

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
