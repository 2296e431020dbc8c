"""The customer table's stream and the marketers' tables' streams."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hub.domain.decision import Decision
from hub.domain.errors import HubError, Rejected, Unavailable
from hub.domain.message import Message
from hub.entry.queues import consume
from hub.entry.streams import edited, from_stream, of_outboxes, relay
from hub.ports import Refusals
from tests import fakes
from tests.factories import NOON, QueueSettings


def a_decision(name: str) -> Decision:
    return Decision(
        id=name,
        customer_id="c-1",
        event_id="e-1",
        event_type="order.completed",
        source="shop",
        decided_at=NOON,
        catalogue=1,
        correlation_id="k-1",
        receipt={},
    )


def a_write(number: str, *decisions: Decision, outbox: str = "") -> dict[str, Any]:
    text = outbox or json.dumps([decision.to_dict() for decision in decisions])
    image = {"customer_id": {"S": "c-1"}, "outbox": {"S": text}}
    return {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": number, "NewImage": image}}


class Publishing:
    """A step on outboxes that fails those whose first decision says how."""

    def __init__(self) -> None:
        self.done: list[list[str]] = []

    def __call__(self, outboxes: Sequence[Sequence[Decision]]) -> Mapping[int, HubError]:
        failures: dict[int, HubError] = {}
        for index, outbox in enumerate(outboxes):
            match outbox[0].id:
                case "later":
                    failures[index] = Unavailable("the topic is down")
                case "never":
                    failures[index] = Rejected("too large")
                case "bug":
                    raise ValueError("surprise")
                case _:
                    self.done.append([decision.id for decision in outbox])
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
            of_outboxes(self.step),
            stage="dispatch",
            retry=self.retry,
            dead_letters=self.dead,
        )
        self.again = [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_each_outbox_reaches_the_step_whole() -> None:
    relayed = Relayed(
        a_write("1", a_decision("d-1"), a_decision("d-2")), a_write("2", a_decision("d-3"))
    )
    assert relayed.step.done == [["d-1", "d-2"], ["d-3"]]
    assert relayed.again == []


@pytest.mark.parametrize(
    "record",
    [
        {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}},
        a_write("1"),
        {"dynamodb": {"SequenceNumber": "1", "NewImage": {"customer_id": {"S": "c-1"}}}},
    ],
)
def test_a_write_that_decided_nothing_is_nothing_to_do(record: dict[str, Any]) -> None:
    assert Relayed(record).step.done == []


@pytest.mark.parametrize("fault", ["later", "bug"])
def test_what_cannot_be_published_waits_whole_in_the_retry_queue(fault: str) -> None:
    relayed = Relayed(a_write("1", a_decision(fault)), a_write("2", a_decision("d-2")))
    assert relayed.again == []
    assert relayed.step.done == [["d-2"]]
    assert relayed.retry.bodies == [
        {"customer_id": "c-1", "decisions": [a_decision(fault).to_dict()]}
    ]


def test_what_is_rejected_is_a_dead_letter() -> None:
    relayed = Relayed(a_write("1", a_decision("never")))
    [(message, why)] = relayed.dead.letters
    assert json.loads(message.raw)["decisions"][0]["id"] == "never"
    assert why["correlation_id"] == "k-1"
    assert relayed.retry.bodies == []


@pytest.mark.parametrize("outbox", ["{not json", '"text"', '[{"id": "d-1"}]', "[1]", "{}"])
def test_an_outbox_that_cannot_be_read_does_not_stop_the_stream(outbox: str) -> None:
    relayed = Relayed(a_write("1", outbox=outbox), a_write("2", a_decision("d-2")))
    assert relayed.again == []
    assert len(relayed.dead.letters) == 1
    assert relayed.step.done == [["d-2"]]


@pytest.mark.parametrize("retry", [Closed(), Closed({0: "full"})])
def test_only_what_cannot_be_parked_is_handed_out_again(retry: Closed) -> None:
    writes = [a_write("1", a_decision("d-1")), a_write("2", a_decision("later"))]
    assert Relayed(*writes, a_write("3", a_decision("later")), retry=retry).again == ["2"]


def test_a_customer_that_fails_does_not_hold_up_its_later_writes() -> None:
    relayed = Relayed(a_write("1", a_decision("bug")), a_write("2", a_decision("d-2")))
    assert relayed.step.done == [["d-2"]]


def test_what_was_parked_is_taken_up_by_the_same_step() -> None:
    parked = Relayed(a_write("1", a_decision("later"))).retry.bodies
    step = Publishing()
    body = json.dumps(parked[0]).replace('"later"', '"d-1"')
    record = {"messageId": "m-1", "body": body, "attributes": {}}
    answer = consume(
        {"Records": [record]},
        of_outboxes(step),
        settings=QueueSettings(),
        stage="dispatch",
        dead_letters=lambda _: fakes.DeadLetters(),
    )
    assert answer == {"batchItemFailures": []}
    assert step.done == [["d-1"]]


def test_no_readable_outbox_is_no_call() -> None:
    given: list[Any] = []

    def step(outboxes: Sequence[Sequence[Decision]]) -> dict[int, HubError]:
        given.append(outboxes)
        return {}

    failures = of_outboxes(step)([Message("m-1", {"decisions": 5})])
    assert list(failures) == ["m-1"]
    assert given == []


OLD = {"rule_id": {"S": "cart"}, "priority": {"N": "1"}, "published": {"M": {}}}


def test_a_stream_and_a_queue_are_told_apart() -> None:
    assert from_stream({"Records": [a_write("1")]})
    assert not from_stream({"Records": [{"messageId": "m-1", "body": "{}"}]})


class TestEdits:
    @staticmethod
    def _edited(old: Any, new: Any) -> bool:
        images = {"OldImage": old, "NewImage": new}
        return edited({"Records": [{"dynamodb": {k: v for k, v in images.items() if v}}]})

    def test_a_changed_field_is_an_edit(self) -> None:
        assert self._edited(OLD, {**OLD, "priority": {"N": "2"}})

    def test_a_new_row_and_a_deleted_row_are_edits(self) -> None:
        assert self._edited(None, OLD)
        assert self._edited(OLD, None)

    def test_the_same_row_typed_anew_lost_its_note_and_is_an_edit(self) -> None:
        assert self._edited(OLD, {name: OLD[name] for name in OLD if name != "published"})

    def test_a_round_without_records_looks_at_everything(self) -> None:
        assert edited({"source": "aws.events"})

    def test_the_guards_own_note_is_no_edit(self) -> None:
        assert not self._edited(OLD, {**OLD, "published": {"M": {"at": {"S": "now"}}}})
