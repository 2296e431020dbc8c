"""The event bus. PutEvents answers 200 even when it took nothing: every entry is checked.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

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
            payloads, lambda _, d: self._entry(RAW_SOURCE, d.source, d.to_dict()), self._put
        )

    @translate_errors()
    def publish(self, source: str, details: Sequence[Mapping[str, Any]]) -> Refusals:
        return send_all(
            details,
            lambda _, d: self._entry(source, d["type"] if "type" in d else d["event_type"], d),
            self._put,
        )

    def _entry(
        self, source: str, detail_type: str, detail: Mapping[str, Any]
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
        answer = events().put_events(Entries=[entry for _, entry in chunk])
        if not answer["FailedEntryCount"]:
            return {}
        results = zip(chunk, answer["Entries"], strict=True)
        return {i: result["ErrorCode"] for (i, _), result in results if "ErrorCode" in result}
