"""Published catalogues: what each changed, and the way back to an earlier one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.domain.changes import Edit, edits_back
from hub.domain.rows import KEYS
from tools.segue.home import ToldError
from tools.segue.hub import Hub

_TOGETHER = 100
"""The most that DynamoDB writes all at once."""


def newest(hub: Hub) -> int:
    """The number that decides now; 0 before the first publication."""
    item = hub.table("Catalogue").get_item(Key={"name": "newest"}, ConsistentRead=True)
    return int(str(item.get("Item", {}).get("number", 0)))


def snapshot(hub: Hub, number: int) -> dict[str, Any]:
    key = f"catalogue/{number:06d}.json"
    body = hub.s3.get_object(Bucket=hub.output("CatalogueBucket"), Key=key)["Body"].read()
    read: dict[str, Any] = json.loads(body)
    return read


def publications(hub: Hub, last: int) -> Iterator[dict[str, Any]]:
    """The newest first: `number`, `at`, and `changes` by table."""
    number = newest(hub)
    for earlier in range(number, max(0, number - last), -1):
        found = snapshot(hub, earlier)
        yield {name: found.get(name) for name in ("number", "at", "changes")}


def roll_back(hub: Hub, number: int) -> list[Edit]:
    """Puts the rows of that catalogue back into the tables; the guard publishes them anew."""
    now = newest(hub)
    if not 1 <= number <= now:
        raise ToldError(f"There is no catalogue {number}: the newest is {now}.")
    wanted, last = snapshot(hub, number)["rows"], snapshot(hub, now)["rows"]
    edits = edits_back({table: rows(hub, table) for table in KEYS}, last, wanted)
    for start in range(0, len(edits), _TOGETHER):
        write(hub, edits[start : start + _TOGETHER])
    return edits


def rows(hub: Hub, table: str) -> list[dict[str, Any]]:
    found = hub.table(table.title())
    answer = found.scan(ConsistentRead=True)
    read = list(answer["Items"])
    while "LastEvaluatedKey" in answer:
        answer = found.scan(ConsistentRead=True, ExclusiveStartKey=answer["LastEvaluatedKey"])
        read += answer["Items"]
    return read


def write(hub: Hub, edits: Sequence[Edit]) -> None:
    """All of them or, if one is refused, none."""
    written: Any = [_written(hub, edit) for edit in edits]
    hub.dynamodb.meta.client.transact_write_items(TransactItems=written)


def _written(hub: Hub, edit: Edit) -> Mapping[str, Any]:
    place = {"TableName": hub.table(edit.table.title()).name}
    if edit.row is None:
        return {"Delete": {**place, "Key": {KEYS[edit.table]: edit.key}}}
    return {"Put": {**place, "Item": json.loads(json.dumps(edit.row), parse_float=Decimal)}}


def in_words(changed: Mapping[str, Mapping[str, Sequence[str]]] | None) -> str:
    """`rules added: welcome; templates changed: letter`."""
    return "; ".join(
        f"{table} {kind}: {', '.join(keys)}"
        for table, kinds in (changed or {}).items()
        for kind, keys in kinds.items()
    )
