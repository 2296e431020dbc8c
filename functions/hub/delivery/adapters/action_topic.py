"""The topic of actions. The queue of each channel filters by the attribute `channel`."""

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
    """`hub.delivery.ports.ActionTopic` on SNS."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    @translate_errors()
    def publish(self, actions: Sequence[Action]) -> Refusals:
        return send_all(actions, _to_entry, self._publish)

    def _publish(self, chunk: "Chunk[PublishBatchRequestEntryTypeDef]") -> Refusals:
        entries = [entry for _, entry in chunk]
        response = sns().publish_batch(TopicArn=self._arn, PublishBatchRequestEntries=entries)
        return {int(failure["Id"]): failure["Code"] for failure in response.get("Failed", [])}


def _to_entry(index: int, action: Action) -> "tuple[PublishBatchRequestEntryTypeDef, int]":
    """Returns the entry and its size in bytes, as SNS counts it."""
    text = to_json(action.to_dict())
    optional = {
        "channel": action.channel,
        "rule_id": action.rule_id,
        "correlation_id": action.correlation_id,
    }
    attributes = {name: value for name, value in optional.items() if value}
    size = len(text.encode()) + sum(len(f"{n}String{v}".encode()) for n, v in attributes.items())
    return {
        "Id": str(index),
        "Message": text,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }, size
