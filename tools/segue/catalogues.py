"""Published catalogues: what each changed, and the rollback to an earlier one."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT
from hub.publishing.adapters.catalogue_rows_table import to_json_value
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

INTERVAL, MOST_READS = 0.5, 240
_WAIT = partial(time.sleep, INTERVAL)


def read_newest_number(hub: Hub) -> int:
    """Return the number of the current catalogue; 0 before the first publication."""
    return int(str(_read_newest_item(hub).get("number", 0)))


def read_snapshot(hub: Hub, number: int) -> dict[str, Any]:
    key = f"catalogue/{number:06d}.json"
    body = hub.s3.get_object(Bucket=hub.output("CatalogueBucket"), Key=key)["Body"].read()
    read: dict[str, Any] = json.loads(body)
    return read


def read_current(hub: Hub) -> Mapping[str, Any]:
    """Return the current catalogue."""
    number = read_newest_number(hub)
    return read_snapshot(hub, number) if number else EMPTY_SNAPSHOT


def list_publications(hub: Hub, last: int) -> Iterator[dict[str, Any]]:
    """Yield `number`, `at`, `by` and `changes` by table, the newest first."""
    number = read_newest_number(hub)
    for earlier in range(number, max(0, number - last), -1):
        published = read_snapshot(hub, earlier)
        yield {name: published.get(name) for name in ("number", "at", "by", "changes")}


def roll_back(hub: Hub, number: int, wait: Callable[[], None] = _WAIT) -> dict[str, Any]:
    """Ask the publisher for a rollback, as a marketer does in the console, and return its answer.

    The answer has `to`, `at`, the number of `edits`, and the rows that were `put` or `deleted`.
    Raises `UserError` if the publisher refuses or does not answer.
    """
    _request_rollback(hub, number)
    for _ in range(MOST_READS):
        item: dict[str, Any] = _read_newest_item(hub)
        if "roll_back_to" not in item:
            return _parse_answer(item)
        wait()
    raise UserError(
        f"The publisher did not answer in {MOST_READS * INTERVAL:.0f} s. It will do so later."
    )


def _request_rollback(hub: Hub, number: int) -> None:
    now = read_newest_number(hub)
    if not 1 <= number <= now:
        raise UserError(f"There is no catalogue {number}: the newest is {now}.")
    hub.table("Catalogue").update_item(
        Key={"name": "newest"},
        UpdateExpression="SET roll_back_to = :number",
        ExpressionAttributeValues={":number": number},
    )


def _parse_answer(item: Mapping[str, Any]) -> dict[str, Any]:
    if refused := item.get("rollback_refused"):
        raise UserError(str(refused))
    answer: dict[str, Any] = to_json_value(item["rolled_back"])
    return answer


def _read_newest_item(hub: Hub) -> dict[str, Any]:
    answer = hub.table("Catalogue").get_item(Key={"name": "newest"}, ConsistentRead=True)
    return dict(answer.get("Item", {}))


def read_rows(hub: Hub, table: str) -> list[dict[str, Any]]:
    items = hub.table(table.title())
    answer = items.scan(ConsistentRead=True)
    read = list(answer["Items"])
    while "LastEvaluatedKey" in answer:
        answer = items.scan(ConsistentRead=True, ExclusiveStartKey=answer["LastEvaluatedKey"])
        read += answer["Items"]
    return read


def format_changes(changed: Mapping[str, Mapping[str, Sequence[str]]] | None) -> str:
    """Return `rules added: welcome; templates changed: letter`."""
    return "; ".join(
        f"{table} {kind}: {', '.join(keys)}"
        for table, kinds in (changed or {}).items()
        for kind, keys in kinds.items()
    )
