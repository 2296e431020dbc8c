"""What the stack would have made, made in moto."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from hub.platform.adapters import aws_clients

REGION = "eu-west-1"


def table(name: str, key: str, sort: str = "", indexed: tuple[str, ...] = ()) -> str:
    keys = {key: "HASH"} | ({sort: "RANGE"} if sort else {})
    indexes: Any = [
        {
            "IndexName": f"by_{attribute}",
            "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for attribute in indexed
    ]
    aws_clients.dynamodb().create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": k, "AttributeType": "S"} for k in (*keys, *indexed)
        ],
        KeySchema=[{"AttributeName": k, "KeyType": v} for k, v in keys.items()],  # type: ignore[typeddict-item]  # plain texts for boto's literals
        **({"GlobalSecondaryIndexes": indexes} if indexed else {}),
    )
    return name


def items(name: str) -> list[dict[str, Any]]:
    return list(aws_clients.dynamodb().scan(TableName=name)["Items"])


def bucket(name: str) -> str:
    place = {"LocationConstraint": REGION}
    aws_clients.s3().create_bucket(Bucket=name, CreateBucketConfiguration=place)  # type: ignore[arg-type]  # plain texts for boto's literals
    return name


def queue(name: str) -> str:
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    attributes: Any = fifo if name.endswith(".fifo") else {}
    return aws_clients.sqs().create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def arn(queue_url: str) -> str:
    attributes = aws_clients.sqs().get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["QueueArn"]
    )
    return attributes["Attributes"]["QueueArn"]


def received(queue_url: str) -> list[Any]:
    """Takes all that lies in a queue."""
    found: list[Any] = []
    while batch := _batch(queue_url):
        found += batch
    return found


def _batch(queue_url: str) -> list[Any]:
    answer = aws_clients.sqs().receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=10,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    messages = list(answer.get("Messages", []))
    for message in messages:
        aws_clients.sqs().delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return messages


@contextmanager
def listening(client: Any, moment: str, listener: Callable[..., Any]) -> Iterator[None]:
    client.meta.events.register_first(moment, listener)
    try:
        yield
    finally:
        client.meta.events.unregister(moment, listener)


@contextmanager
def counted(client: Any) -> Iterator[list[str]]:
    """The names of the operations that a client calls inside."""
    calls: list[str] = []

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)

    with listening(client, "before-call.*.*", count):
        yield calls


@contextmanager
def asked(client: Any, operation: str) -> Iterator[list[Any]]:
    """What a client is asked inside, call by call."""
    calls: list[Any] = []

    def note(params: Any, **_: Any) -> None:
        calls.append(params)

    with listening(client, f"provide-client-params.*.{operation}", note):
        yield calls


@contextmanager
def answering(client: Any, operation: str, answer: Any, status: int = 200) -> Iterator[None]:
    """Lets the service answer as it does on a bad day, which moto never has."""
    http = SimpleNamespace(status_code=status)
    with listening(client, f"before-call.*.{operation}", lambda **_: (http, answer)):
        yield
