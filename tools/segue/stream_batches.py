"""Batches of stream records that Lambda gave up on: the dead letters of streams.

Of the customers' stream Lambda stores the whole batch in a bucket, and the letter is S3's note
about the object. Of the stream of rows the letter itself says which records it was, and not what is
in them.
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.entrypoints.outbox_stream import read_outbox
from hub.kernel.queue_message import QueueMessage
from tools.segue.hub import Hub

OBJECT_CREATED = "Object Created"
BATCH = "DDBStreamBatchInfo"
GONE = "what Lambda stored of this batch is gone: it was sent back already, or it is too old"
CONDITIONS = {
    "RetryAttemptsExhausted": "it failed at every attempt",
    "MaximumRecordAgeExceeded": "it waited too long",
}


@dataclass(frozen=True, slots=True)
class StoredObject:
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class StreamBatch:
    """One batch. `records` are the stream's own; empty if Lambda kept only where they were.

    `place` is the object in which it is stored; None if the letter is all that there is.
    """

    info: Mapping[str, Any]
    condition: str
    error: str
    records: Sequence[Mapping[str, Any]] = ()
    place: StoredObject | None = None

    @property
    def keys(self) -> list[str]:
        """The keys of the items that were written, each once: customer ids, or names of rows."""
        names = (
            str(value.get("S"))
            for record in self.records
            for value in record["dynamodb"].get("Keys", {}).values()
        )
        return list(dict.fromkeys(names))

    def describe(self) -> str:
        """Say in words which records it is about and why Lambda gave up."""
        why = CONDITIONS.get(self.condition, self.condition)
        table = str(self.info.get("streamArn", "")).partition(":table/")[2].partition("/")[0]
        about = f", about {', '.join(self.keys)}" if self.records else ""
        kept = "whole" if self.records else "only as this note"
        return (
            f"Lambda gave up on {self.info['batchSize']} records of {table or 'a stream'}{about}: "
            f"{why}. Shard {self.info['shardId']}, from {self.info['startSequenceNumber']} to "
            f"{self.info['endSequenceNumber']}, written from "
            f"{self.info['approximateArrivalOfFirstRecord']} to "
            f"{self.info['approximateArrivalOfLastRecord']}. It is kept {kept}."
        )

    def list_outboxes(self) -> list[QueueMessage]:
        """Return the outboxes in the batch, as `dispatch` takes them from its queue."""
        return [outbox for record in self.records if (outbox := read_outbox(record))]


def find_stored_object(body: str) -> StoredObject | None:
    """Return the object that S3 announces in the body; None if the body is no such note."""
    note = _parse_object(body)
    if note.get("detail-type") != OBJECT_CREATED:
        return None
    detail = note["detail"]
    return StoredObject(detail["bucket"]["name"], detail["object"]["key"])


def read_batch(hub: Hub, body: str) -> StreamBatch | None:
    """Read the batch of a letter; None if the letter is of no stream, or its object is gone."""
    place = find_stored_object(body)
    note = _read_object(hub, place) if place else _parse_object(body)
    if BATCH not in note:
        return None
    return StreamBatch(
        info=note[BATCH],
        condition=str(note.get("requestContext", {}).get("condition", "")),
        error=str(note.get("responseContext", {}).get("functionError", "")),
        records=_read_records(note),
        place=place,
    )


def _read_object(hub: Hub, place: StoredObject) -> dict[str, Any]:
    """Return what Lambda stored; nothing if it is gone."""
    try:
        answer = hub.s3.get_object(Bucket=place.bucket, Key=place.key)
    except hub.s3.exceptions.NoSuchKey:
        return {}
    return _parse_object(answer["Body"].read().decode())


def _read_records(note: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the records of the invocation, which Lambda stores as JSON or as a text of JSON."""
    payload = note.get("payload") or {}
    event = _parse_object(payload) if isinstance(payload, str) else payload
    records: Sequence[Mapping[str, Any]] = event.get("Records", ())
    return records


def _parse_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
