"""The customer table's stream and the marketers' tables' streams."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hub.entrypoints.outbox_stream import adapt_outbox_step, is_from_stream, relay
from hub.entrypoints.sqs import consume
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Refusals
from hub.model.customer import Customer
from hub.model.episode import RecordedEpisode
from tests import fakes
from tests.factories import QueueSettings, a_customer
from tests.records import a_decision, an_episode


def a_write(number: str, *decisions: str, outbox: str = "", state: str = "") -> dict[str, Any]:
    episode = an_episode(*map(a_decision, decisions)).to_dict()
    image = {"customer_id": {"S": "c-1"}, "outbox": {"S": outbox or json.dumps(episode)}}
    images = {"NewImage": image, "OldImage": {"state": {"S": state}} if state else {}}
    return {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": number, **images}}


def touched(write: dict[str, Any]) -> dict[str, Any]:
    """Something else of the customer was changed; the outbox is still the one of before."""
    images = write["dynamodb"]
    return {**write, "dynamodb": {**images, "OldImage": images["NewImage"]}}


class Publishing:
    """A step on recorded episodes that fails those whose first decision says how."""

    def __init__(self) -> None:
        self.done: list[list[str]] = []
        self.before: list[Customer] = []

    def __call__(self, records: Sequence[RecordedEpisode]) -> Mapping[int, HubError]:
        failures: dict[int, HubError] = {}
        for index, record in enumerate(records):
            match record.episode.decisions[0].id:
                case "later":
                    failures[index] = Unavailable("the topic is down")
                case "never":
                    failures[index] = Rejected("too large")
                case "bug":
                    raise ValueError("surprise")
                case _:
                    self.done.append([decision.id for decision in record.episode.decisions])
                    self.before.append(record.before)
        return failures


class Closed:
    """A retry queue and dead letters that take nothing in."""

    def __init__(self, refusals: Refusals | None = None) -> None:
        self.refusals = refusals

    def send(self, *_: Any) -> Refusals:
        if self.refusals is None:
            raise Unavailable("closed")
        return self.refusals


class Relayed:
    """What became of a batch."""

    def __init__(self, *records: dict[str, Any], retry: Any = None, dead: Any = None) -> None:
        self.step = Publishing()
        self.retry = retry or fakes.RetryQueue()
        self.dead = dead or fakes.DeadLetters()
        answer = relay(
            {"Records": list(records)},
            adapt_outbox_step(self.step),
            stage="dispatch",
            retry=self.retry,
            dead_letters=self.dead,
        )
        self.again = [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_each_outbox_reaches_the_step_whole() -> None:
    relayed = Relayed(a_write("1", "d-1", "d-2"), a_write("2", "d-3"))
    assert relayed.step.done == [["d-1", "d-2"], ["d-3"]]
    assert relayed.again == []


@pytest.mark.parametrize(
    "record",
    [
        {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}},
        {"dynamodb": {"SequenceNumber": "1", "NewImage": {"customer_id": {"S": "c-1"}}}},
        a_write("1", outbox="[]"),
        touched(a_write("1", "d-1")),
    ],
)
def test_a_write_that_decided_nothing_is_nothing_to_do(record: dict[str, Any]) -> None:
    assert Relayed(record).step.done == []


@pytest.mark.parametrize("fault", ["later", "bug"])
def test_what_cannot_be_published_waits_whole_in_the_retry_queue(fault: str) -> None:
    relayed = Relayed(a_write("1", fault), a_write("2", "d-2"))
    assert relayed.again == []
    assert relayed.step.done == [["d-2"]]
    assert relayed.retry.bodies == [
        {"customer_id": "c-1", "episode": an_episode(a_decision(fault)).to_dict(), "before": None}
    ]


def test_an_episode_comes_with_the_state_that_it_began_in() -> None:
    ann = a_customer(version=3)
    relayed = Relayed(a_write("1", "d-1"), a_write("2", "d-2", state=json.dumps(ann.to_dict())))
    assert relayed.step.before == [Customer(customer_id="c-1"), ann]


def test_an_episode_that_waits_keeps_the_state_that_it_began_in() -> None:
    ann = a_customer(version=3)
    [body] = Relayed(a_write("1", "later", state=json.dumps(ann.to_dict()))).retry.bodies
    assert RecordedEpisode.from_dict(body).before == ann


def test_what_is_rejected_is_a_dead_letter() -> None:
    relayed = Relayed(a_write("1", "never"))
    [(message, why)] = relayed.dead.letters
    assert json.loads(message.raw)["episode"]["decisions"][0]["id"] == "never"
    assert why["correlation_id"] == "k-1"
    assert relayed.retry.bodies == []


@pytest.mark.parametrize("outbox", ["{not json", '"text"', '{"events": 5}', "[1]", "5"])
def test_an_outbox_that_cannot_be_read_does_not_stop_the_stream(outbox: str) -> None:
    relayed = Relayed(a_write("1", outbox=outbox), a_write("2", "d-2"))
    assert relayed.again == []
    assert len(relayed.dead.letters) == 1
    assert relayed.step.done == [["d-2"]]


@pytest.mark.parametrize("retry", [Closed(), Closed({0: "full"})])
def test_only_what_cannot_be_parked_is_handed_out_again(retry: Closed) -> None:
    writes = [a_write("1", "d-1"), a_write("2", "later")]
    assert Relayed(*writes, a_write("3", "later"), retry=retry).again == ["2"]


def test_a_customer_that_fails_does_not_hold_up_its_later_writes() -> None:
    relayed = Relayed(a_write("1", "bug"), a_write("2", "d-2"))
    assert relayed.step.done == [["d-2"]]


def test_what_was_parked_is_taken_up_by_the_same_step() -> None:
    parked = Relayed(a_write("1", "later")).retry.bodies
    step = Publishing()
    body = json.dumps(parked[0]).replace('"later"', '"d-1"')
    record = {"messageId": "m-1", "body": body, "attributes": {}}
    answer = consume(
        {"Records": [record]},
        adapt_outbox_step(step),
        settings=QueueSettings(),
        stage="dispatch",
        dead_letters=lambda _: fakes.DeadLetters(),
    )
    assert answer == {"batchItemFailures": []}
    assert step.done == [["d-1"]]


def test_no_readable_outbox_is_no_call() -> None:
    given: list[Any] = []

    def step(records: Sequence[RecordedEpisode]) -> dict[int, HubError]:
        given.append(records)
        return {}

    failures = adapt_outbox_step(step)([QueueMessage("m-1", {"episode": 5})])
    assert list(failures) == ["m-1"]
    assert given == []


def test_a_stream_and_a_queue_are_told_apart() -> None:
    assert is_from_stream({"Records": [a_write("1")]})
    assert not is_from_stream({"Records": [{"messageId": "m-1", "body": "{}"}]})
