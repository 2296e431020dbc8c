"""Scans the whole customer table, one page of each segment at a time."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import orjson

from hub.kernel.json_types import Json
from hub.model.customer import Customer
from hub.platform.adapters import aws_clients
from hub.platform.adapters.aws_clients import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SEGMENTS = 8


class CustomerScan:
    """`hub.profile.ports.CustomerScan` in DynamoDB.

    At most one page of 1 MB of each segment is in memory. It requests the next page while the
    caller handles the present one.
    """

    def __init__(
        self, table: str, dynamodb: "Callable[[], DynamoDBClient]" = aws_clients.dynamodb
    ) -> None:
        self._table = table
        self._dynamodb = dynamodb

    def scan(self) -> Iterator[Customer]:
        with ThreadPoolExecutor(SEGMENTS) as readers:
            pages = deque(readers.submit(self._read_page, segment) for segment in range(SEGMENTS))
            while pages:
                segment, states, next_key = pages.popleft().result()
                if next_key:
                    pages.append(readers.submit(self._read_page, segment, next_key))
                for text in states:
                    state = orjson.loads(text)
                    if "merged_into" not in state:
                        yield Customer.from_dict(state)

    @translate_errors()
    def _read_page(self, segment: int, after: Json = None) -> tuple[int, list[str], Json]:
        page = self._dynamodb().scan(
            TableName=self._table,
            Segment=segment,
            TotalSegments=SEGMENTS,
            ProjectionExpression="#state",
            ExpressionAttributeNames={"#state": "state"},
            **({"ExclusiveStartKey": after} if after else {}),
        )
        states = [item["state"]["S"] for item in page["Items"]]
        return segment, states, page.get("LastEvaluatedKey")
