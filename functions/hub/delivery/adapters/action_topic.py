"""The topic of actions; each channel's queue filters by the attribute `channel`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.messaging.ports import Refusals
from hub.model.decision import Action
from hub.platform.adapters.aws_batches import Chunk, send_all
from hub.platform.adapters.aws_clients import sns, translate_errors
from hub.platform.adapters.aws_text import to_json

if TYPE_CHECKING:
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef


class ActionTopic:
    """`hub.delivery.ports.Topic` on SNS."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    @translate_errors()
    def publish(self, actions: Sequence[Action]) -> Refusals:
        return send_all(actions, _to_entry, self._publish)

    def _publish(self, chunk: "Chunk[PublishBatchRequestEntryTypeDef]") -> Refusals:
        entries = [entry for _, entry in chunk]
        answer = sns().publish_batch(TopicArn=self._arn, PublishBatchRequestEntries=entries)
        return {int(failed["Id"]): failed["Code"] for failed in answer.get("Failed", [])}


def _to_entry(index: int, action: Action) -> "tuple[PublishBatchRequestEntryTypeDef, int]":
    text = to_json(action.to_dict())
    said = {
        "channel": action.channel,
        "rule_id": action.rule_id,
        "correlation_id": action.correlation_id,
    }
    attributes = {name: value for name, value in said.items() if value}
    size = len(text.encode()) + sum(len(f"{n}String{v}".encode()) for n, v in attributes.items())
    return {
        "Id": str(index),
        "Message": text,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }, size
