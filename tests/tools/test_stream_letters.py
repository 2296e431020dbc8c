"""`segue dlq` on the dead letters of streams, as Lambda and S3 leave them."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests import moto_resources
from tests.records import a_decision, an_episode
from tools.segue.balance import compute_balance
from tools.segue.dead_letter_redrive import redrive
from tools.segue.dead_letters import find_queue, read_letters
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

BUCKET = "failed-batches"
INFO = {
    "shardId": "shardId-7",
    "startSequenceNumber": "100",
    "endSequenceNumber": "300",
    "approximateArrivalOfFirstRecord": "2026-11-22T12:00:00Z",
    "approximateArrivalOfLastRecord": "2026-11-22T12:00:05Z",
    "batchSize": 3,
    "streamArn": "arn:aws:dynamodb:eu-west-1:1:table/Customers/stream/2026",
}


def a_record(customer: str, *decisions: str) -> dict[str, Any]:
    """A write of a customer, as the stream has it. One without decisions has no outbox."""
    episode = an_episode(*(a_decision(name, event_id=f"shop:{name}") for name in decisions))
    outbox = {"outbox": {"S": json.dumps(episode.to_dict())}} if decisions else {}
    return {
        "eventName": "MODIFY",
        "dynamodb": {
            "Keys": {"customer_id": {"S": customer}},
            "NewImage": {"customer_id": {"S": customer}, **outbox},
            "SequenceNumber": f"n-{customer}",
        },
    }


def a_note(*records: dict[str, Any]) -> dict[str, Any]:
    """What Lambda writes: with the whole invocation into a bucket, without it into a queue."""
    payload = {"payload": json.dumps({"Records": records})} if records else {}
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "responseContext": {"functionError": "Unhandled"},
        "DDBStreamBatchInfo": INFO,
        **payload,
    }


def announce(key: str) -> dict[str, Any]:
    detail = {"bucket": {"name": BUCKET}, "object": {"key": key}}
    return {"detail-type": "Object Created", "source": "aws.s3", "detail": detail}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", moto_resources.REGION)
    with mock_aws():
        moto_resources.bucket(BUCKET)
        queues = ("CustomerStream", "CatalogueStream", "Dispatch")
        outputs = {f"{name}DeadLettersUrl": moto_resources.queue(name) for name in queues}
        work = moto_resources.queue("work")
        outputs |= {"DispatchQueueUrl": work, "CustomerStreamReturnUrl": work}
        yield Hub(outputs, boto3.Session(region_name=moto_resources.REGION))


def put(hub: Hub, key: str, note: dict[str, Any], letters: int = 1) -> None:
    hub.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(note).encode())
    for _ in range(letters):
        send(hub, "CustomerStream", announce(key))


def send(hub: Hub, queue: str, body: dict[str, Any]) -> None:
    url = hub.output(f"{queue}DeadLettersUrl")
    hub.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))


def show(hub: Hub, name: str) -> list[dict[str, Any]]:
    return read_letters(hub, find_queue(hub, name), 10)


def sent_to_dispatch(hub: Hub) -> list[dict[str, Any]]:
    messages = moto_resources.received(hub.output("DispatchQueueUrl"))
    return [json.loads(message["Body"]) for message in messages]


def test_a_lost_batch_is_shown_with_its_place_and_whom_it_is_about(hub: Hub) -> None:
    put(hub, "batch", a_note(a_record("c-1", "d-1"), a_record("c-2"), a_record("c-1", "d-2")))
    [letter] = show(hub, "customer-stream")
    assert letter["keys"] == ["c-1", "c-2"]
    assert letter["correlation_id"] == "k-1"
    for words in (
        "3 records of Customers, about c-1, c-2: it failed at every attempt",
        "Shard shardId-7, from 100 to 300",
        "It is kept whole",
    ):
        assert words in letter["reason"]
    assert show(hub, "customer-stream"), "it stays where it is"


@pytest.mark.parametrize("as_text", [True, False])
def test_the_outboxes_of_a_lost_batch_go_back_to_dispatch(hub: Hub, *, as_text: bool) -> None:
    note = a_note(a_record("c-1", "d-1"), a_record("c-2"), a_record("c-3", "d-2", "d-3"))
    put(hub, "batch", note if as_text else {**note, "payload": json.loads(note["payload"])})
    assert redrive(hub, find_queue(hub, "customer-stream")) == 1
    outboxes = sent_to_dispatch(hub)
    assert sorted(
        (outbox["customer_id"], [d["id"] for d in outbox["episode"]["decisions"]])
        for outbox in outboxes
    ) == [("c-1", ["d-1"]), ("c-3", ["d-2", "d-3"])]
    assert show(hub, "customer-stream") == []
    assert "Contents" not in hub.s3.list_objects_v2(Bucket=BUCKET), "personal data is not left"


def test_a_batch_that_is_announced_twice_goes_back_once(hub: Hub) -> None:
    put(hub, "batch", a_note(a_record("c-1", "d-1")), letters=2)
    assert redrive(hub, find_queue(hub, "customer-stream")) == 2
    assert len(sent_to_dispatch(hub)) == 1


def test_a_batch_that_is_gone_is_told_as_such(hub: Hub) -> None:
    send(hub, "CustomerStream", announce("gone"))
    [letter] = show(hub, "customer-stream")
    assert "is gone" in letter["reason"]
    assert letter["keys"] == []


def test_a_letter_of_an_earlier_release_tells_where_its_records_were_and_stays(hub: Hub) -> None:
    send(hub, "CustomerStream", a_note())
    [letter] = show(hub, "customer-stream")
    assert "Shard shardId-7, from 100 to 300" in letter["reason"]
    assert "It is kept only as this note" in letter["reason"]
    assert redrive(hub, find_queue(hub, "customer-stream")) == 0
    assert sent_to_dispatch(hub) == []
    count = hub.sqs.get_queue_attributes(
        QueueUrl=hub.output("CustomerStreamDeadLettersUrl"), AttributeNames=["All"]
    )["Attributes"]
    assert count["ApproximateNumberOfMessagesNotVisible"] == "1"


class Publisher:
    """The function that reads all rows, as `Hub` calls it."""

    def __init__(self, **answer: str) -> None:
        self.answer, self.calls = answer, 0

    def invoke(self, **_: Any) -> dict[str, str]:
        self.calls += 1
        return self.answer


def test_for_lost_edits_the_publisher_reads_all_rows_once(hub: Hub) -> None:
    outputs = {**hub.outputs, "GuardCatalogueFunctionName": "guard"}
    hub = Hub(outputs, hub.session)
    publisher = hub.functions = Publisher()
    for _ in range(2):
        send(hub, "CatalogueStream", a_note())
    assert "Shard shardId-7" in show(hub, "catalogue-stream")[0]["reason"]
    assert redrive(hub, find_queue(hub, "catalogue-stream")) == 2
    assert publisher.calls == 1
    assert redrive(hub, find_queue(hub, "catalogue-stream")) == 0
    assert publisher.calls == 1


def test_while_the_publisher_fails_the_letters_stay(hub: Hub) -> None:
    outputs = {**hub.outputs, "GuardCatalogueFunctionName": "guard"}
    hub = Hub(outputs, hub.session)
    hub.functions = Publisher(FunctionError="Unhandled")
    send(hub, "CatalogueStream", a_note())
    with pytest.raises(UserError, match="The publisher failed"):
        redrive(hub, find_queue(hub, "catalogue-stream"))
    assert len(show(hub, "catalogue-stream")) == 1


def test_a_letter_of_any_other_queue_is_no_batch(hub: Hub) -> None:
    """What announces a dropped file looks alike."""
    send(hub, "Dispatch", announce("file.csv"))
    [letter] = show(hub, "dispatch")
    assert "keys" not in letter
    assert json.loads(letter["body"]) == announce("file.csv")


def test_the_balance_counts_the_events_in_a_lost_batch(hub: Hub) -> None:
    keys = {
        "Decisions": ("customer_id", "decided"),
        "Surroundings": ("kind", "name"),
        "Parked": ("source", "parked"),
        "Ledger": ("action_id", ""),
    }
    tables = {f"{n}Table": moto_resources.table(n, *key) for n, key in keys.items()}
    hub = Hub({**hub.outputs, **tables}, hub.session)
    put(hub, "batch", a_note(a_record("c-1", "d-1"), a_record("c-3", "d-2", "d-3")))
    balance = compute_balance(hub)
    assert balance.dead_events == {"shop": 3}
    assert balance.dead["customer-stream"] == 1
    assert compute_balance(hub).dead_events == {"shop": 3}, "the letter is still there"
