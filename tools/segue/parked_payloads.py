"""Parked payloads and events: accepted, but unreadable by their mapping or over a limit.

They can be replayed.
"""

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
    """Yield the rows not replayed yet, of one source or of all, oldest first within a source."""
    table = hub.table("Parked")
    options: dict[str, Any] = {"FilterExpression": Attr("status").ne(REPLAYED)}
    if source:
        options["KeyConditionExpression"] = Key("source").eq(source)
    read = table.query if source else table.scan
    answer = read(**options)
    yield from answer["Items"]
    while "LastEvaluatedKey" in answer:
        answer = read(**options, ExclusiveStartKey=answer["LastEvaluatedKey"])
        yield from answer["Items"]


def replay_parked(hub: Hub, source: str | None) -> int:
    """Put them on the bus again, and mark each row once the bus has accepted it.

    A payload that is still unreadable is parked again in the same row, maybe before it is marked.
    So a row is marked only if nobody has written it since.
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
    is_event = "bus_source" in row
    entry = {
        "EventBusName": hub.output("BusName"),
        "Source": row.get("bus_source", bus_records.RAW),
        "DetailType": json.loads(row["delivery"])["type"] if is_event else row["source"],
        "Detail": row["delivery"],
    }
    answer = hub.events.put_events(Entries=[entry])  # type: ignore[list-item]  # an entry as it was kept
    for result in answer["Entries"]:
        if "ErrorCode" in result:
            raise UserError(f"The bus refused {row['delivery_id']}: {result['ErrorCode']}.")


def to_json_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its payload as JSON instead of text."""
    return {**row, "delivery": json.loads(row["delivery"])}
