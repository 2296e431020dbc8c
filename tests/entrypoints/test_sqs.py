"""A batch of a queue: neighbours go on, order is kept, nothing is lost."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from hub.entrypoints.sqs import consume
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import DeadLetters
from tests import fakes
from tests.factories import QueueSettings

Step = Callable[[Sequence[QueueMessage]], Mapping[str, HubError]]


def a_record(
    name: str, body: Any = None, group: str = "", receives: int = 1, raw: str = ""
) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(receives)}
    if group:
        attributes["MessageGroupId"] = group
    text = raw or json.dumps({"id": name, "correlation_id": f"k-{name}", **(body or {})})
    return {"messageId": name, "body": text, "attributes": attributes}


class Full:
    """Dead letters that take nothing in."""

    def send(self, message: QueueMessage, why: Mapping[str, str]) -> None:
        raise Unavailable(f"no room for {message.id}: {len(why)}")


class Run:
    """A step that fails the messages whose body says how, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        self.given.append([message.id for message in messages])
        failures: dict[str, HubError] = {}
        for message in messages:
            match message.body.get("fail"):
                case "later":
                    failures[message.id] = Unavailable("the service is down")
                case "never":
                    failures[message.id] = Rejected("ann@example.com is no number", "total")
                case "bug":
                    raise ValueError("ann@example.com surprised us")
                case "down":
                    raise Unavailable("the service is down")
        return failures


def run(
    *records: dict[str, Any], step: Step | None = None, dead: DeadLetters | None = None
) -> list[str]:
    """The ids that SQS is asked to hand out again."""
    answer = consume(
        {"Records": list(records)},
        step or Run(),
        settings=QueueSettings(),
        stage="decide",
        dead_letters=lambda _: dead or fakes.DeadLetters(),
    )
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_a_good_batch_is_done_in_one_step() -> None:
    step = Run()
    assert run(a_record("m-1"), a_record("m-2"), step=step) == []
    assert step.given == [["m-1", "m-2"]]


def test_a_message_carries_its_body_group_and_receives() -> None:
    seen: list[QueueMessage] = []

    def step(messages: Sequence[QueueMessage]) -> dict[str, HubError]:
        seen.extend(messages)
        return {}

    run(a_record("m-1", {"total": 5}, group="c-1", receives=2), step=step)
    [message] = seen
    assert (message.id, message.body["total"], message.group) == ("m-1", 5, "c-1")
    assert message.receive_count == 2
    assert json.loads(message.raw) == message.body


def test_what_fails_for_now_is_handed_out_again() -> None:
    dead = fakes.DeadLetters()
    assert run(a_record("m-1", {"fail": "later"}), a_record("m-2"), dead=dead) == ["m-1"]
    assert dead.letters == []


def test_what_is_rejected_is_a_dead_letter_at_once() -> None:
    dead = fakes.DeadLetters()
    assert run(a_record("m-1", {"fail": "never"}), a_record("m-2"), dead=dead) == []
    [(message, why)] = dead.letters
    assert json.loads(message.raw)["id"] == "m-1"
    assert why == {
        "stage": "decide",
        "reason": "total ann@example.com is no number",
        "correlation_id": "k-m-1",
        "error": "Rejected",
    }


@pytest.mark.parametrize(("receives", "buried"), [(1, 0), (2, 0), (3, 1), (4, 1)])
def test_the_last_receive_ends_with_the_dead_letters(receives: int, buried: int) -> None:
    dead = fakes.DeadLetters()
    again = run(a_record("m-1", {"fail": "later"}, receives=receives), dead=dead)
    assert len(dead.letters) == buried
    assert len(again) == 1 - buried


@pytest.mark.parametrize("raw", ["{not json", "[1]", '"text"', "null"])
def test_a_body_that_is_no_json_object_is_a_dead_letter_as_it_came(raw: str) -> None:
    dead = fakes.DeadLetters()
    step = Run()
    assert run(a_record("m-1", raw=raw), a_record("m-2"), step=step, dead=dead) == []
    assert [(message.raw, why["error"]) for message, why in dead.letters] == [(raw, "Rejected")]
    assert step.given == [["m-2"]]


def test_what_cannot_be_buried_is_handed_out_again() -> None:
    assert run(a_record("m-1", {"fail": "never"}), a_record("m-2"), dead=Full()) == ["m-1"]


def test_a_step_that_raises_does_not_take_neighbours_along() -> None:
    step = Run()
    records = [a_record("m-1"), a_record("m-2", {"fail": "bug"}), a_record("m-3")]
    assert run(*records, step=step) == ["m-2"]
    assert step.given[1:] == [["m-1"], ["m-2"], ["m-3"]]


def test_a_surprise_ends_as_a_dead_letter_that_names_it() -> None:
    dead = fakes.DeadLetters()
    assert run(a_record("m-1", {"fail": "bug"}, receives=3), dead=dead) == []
    [(_, why)] = dead.letters
    assert why["reason"].startswith("the hub fails on it (ValueError in test_sqs.py:")
    assert "ann@example.com" not in str(why)
    assert why["error"] == "ValueError"


def test_a_service_that_is_down_for_one_is_tried_for_each() -> None:
    records = [a_record("m-1", {"fail": "down"}), a_record("m-2")]
    assert run(*records) == ["m-1"]


def test_a_failure_of_a_message_that_was_not_given_fails_what_was() -> None:
    def confused(_: Sequence[QueueMessage]) -> dict[str, HubError]:
        return {"m-9": Unavailable("who?")}

    assert run(a_record("m-1"), a_record("m-2"), step=confused) == ["m-1", "m-2"]


class TestOrder:
    def test_after_a_failure_its_group_waits_and_others_go_on(self) -> None:
        assert run(
            a_record("m-1", group="c-1"),
            a_record("m-2", {"fail": "later"}, group="c-1"),
            a_record("m-3", group="c-2"),
            a_record("m-4", group="c-1"),
        ) == ["m-2", "m-4"]

    def test_after_a_dead_letter_its_group_goes_on(self) -> None:
        assert (
            run(a_record("m-1", {"fail": "never"}, group="c-1"), a_record("m-2", group="c-1")) == []
        )

    def test_after_what_cannot_be_buried_its_group_waits(self) -> None:
        records = [a_record("m-1", raw="{", group="c-1"), a_record("m-2", group="c-1")]
        assert run(*records, dead=Full()) == ["m-1", "m-2"]

    def test_a_rejected_message_waits_for_its_predecessor(self) -> None:
        dead = fakes.DeadLetters()
        records = [
            a_record("m-1", {"fail": "later"}, group="c-1"),
            a_record("m-2", {"fail": "never"}, group="c-1"),
        ]
        assert run(*records, dead=dead) == ["m-1", "m-2"]
        assert dead.letters == []

    def test_one_by_one_a_group_stops_at_its_failure(self) -> None:
        step = Run()
        again = run(
            a_record("m-1", {"fail": "bug"}, group="c-1"),
            a_record("m-2", group="c-1"),
            a_record("m-3", group="c-2"),
            step=step,
        )
        assert again == ["m-1", "m-2"]
        assert step.given[1:] == [["m-1"], ["m-3"]]

    def test_one_by_one_a_group_goes_on_after_a_dead_letter(self) -> None:
        step = Run()
        records = [
            a_record("m-1", {"fail": "bug"}, group="c-1", receives=3),
            a_record("m-2", group="c-1"),
        ]
        assert run(*records, step=step) == []
        assert step.given[1:] == [["m-1"], ["m-2"]]


def test_the_correlation_id_is_found_inside_a_bus_envelope() -> None:
    dead = fakes.DeadLetters()
    envelope = {"detail": {"correlation_id": "k-7"}, "fail": "never", "correlation_id": None}
    run(a_record("m-1", envelope), dead=dead)
    assert dead.letters[0][1]["correlation_id"] == "k-7"


@pytest.mark.parametrize("fail", ["never", "bug", "later"])
def test_the_log_tells_facts_and_nothing_personal(
    fail: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    run(a_record("m-1", {"fail": fail, "email": "ann@example.com"}))
    [record] = caplog.records
    assert vars(record)["correlation_id"] == "k-m-1"
    assert "ann@" not in str(vars(record)) + "".join(capsys.readouterr())
