"""The customer table read from end to end, a page of each of its segments at a time."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import orjson

from hub.model.customer import Customer
from hub.platform.adapters import aws_clients
from hub.platform.adapters.aws_clients import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SEGMENTS = 8


class CustomerScan:
    """`hub.profile.ports.Everybody` in DynamoDB. In memory is one page of 1 MB a segment at most:
    the next is asked for while this one is looked at."""

    def __init__(
        self, table: str, dynamodb: "Callable[[], DynamoDBClient]" = aws_clients.dynamodb
    ) -> None:
        self._table = table
        self._dynamodb = dynamodb

    def scan(self) -> Iterator[Customer]:
        with ThreadPoolExecutor(SEGMENTS) as readers:
            asked = deque(readers.submit(self._read_page, segment) for segment in range(SEGMENTS))
            while asked:
                segment, states, more = asked.popleft().result()
                if more:
                    asked.append(readers.submit(self._read_page, segment, more))
                for text in states:
                    state = orjson.loads(text)
                    if "merged_into" not in state:
                        yield Customer.from_dict(state)

    @translate_errors()
    def _read_page(self, segment: int, after: Any = None) -> tuple[int, list[str], Any]:
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
