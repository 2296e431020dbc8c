"""Parked deliveries: accepted, but their mapping could not read them. Mended, they are replayed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from boto3.dynamodb.conditions import Attr, Key

from hub.messaging.domain import bus_records
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

REPLAYING, REPLAYED = "replaying", "replayed"


def list_parked(hub: Hub, source: str | None) -> Iterator[dict[str, Any]]:
    """The rows not replayed yet, of one source or of all, oldest first within a source."""
    table = hub.table("Parked")
    asked: dict[str, Any] = {"FilterExpression": Attr("status").ne(REPLAYED)}
    if source:
        asked["KeyConditionExpression"] = Key("source").eq(source)
    read = table.query if source else table.scan
    answer = read(**asked)
    yield from answer["Items"]
    while "LastEvaluatedKey" in answer:
        answer = read(**asked, ExclusiveStartKey=answer["LastEvaluatedKey"])
        yield from answer["Items"]


def replay_parked(hub: Hub, source: str | None) -> int:
    """Puts them on the bus again as they came in; a row is marked once the bus has taken it.

    What still cannot be read is parked again, in the same row, perhaps before it is marked here:
    so a row is marked only if nobody wrote it since it went out.
    """
    rows = list(list_parked(hub, source))
    for row in rows:
        set_status(hub, row, REPLAYING)
        publish_payload(hub, row)
        set_status(hub, row, REPLAYED, only_from=REPLAYING)
    return len(rows)


def set_status(hub: Hub, row: dict[str, Any], status: str, only_from: str = "") -> None:
    condition: dict[str, Any] = {"ConditionExpression": Attr("status").eq(only_from)}
    with suppress(hub.dynamodb.meta.client.exceptions.ConditionalCheckFailedException):
        hub.table("Parked").update_item(
            Key={"source": row["source"], "parked": row["parked"]},
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": status},
            **(condition if only_from else {}),
        )


def publish_payload(hub: Hub, row: dict[str, Any]) -> None:
    entry = {
        "EventBusName": hub.output("BusName"),
        "Source": bus_records.RAW,
        "DetailType": row["source"],
        "Detail": row["delivery"],
    }
    answer = hub.events.put_events(Entries=[entry])  # type: ignore[list-item]  # an entry as it was kept
    for result in answer["Entries"]:
        if "ErrorCode" in result:
            raise UserError(f"The bus refused {row['delivery_id']}: {result['ErrorCode']}.")


def to_json_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its delivery as JSON rather than as text."""
    return {**row, "delivery": json.loads(row["delivery"])}
