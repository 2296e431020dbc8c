"""The live timeline: everything on the hub's bus, through a temporary queue."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tools.segue.hub import Hub

PREFIX = "segue-tail-"
RETENTION_SECONDS = 300
EVERYTHING: Mapping[str, Any] = {"source": [{"prefix": "segue."}]}
BATCH, WAIT_SECONDS = 10, 2


@contextmanager
def subscribe(hub: Hub, pattern: Mapping[str, Any] = EVERYTHING) -> Iterator[str]:
    """Yield the URL of a queue that receives what is on the bus.

    The queue and its rule are removed at the end. `pattern` is an EventBridge pattern.
    """
    name, bus = f"{PREFIX}{uuid.uuid4().hex[:12]}", hub.output("BusName")
    url = hub.sqs.create_queue(
        QueueName=name, Attributes={"MessageRetentionPeriod": str(RETENTION_SECONDS)}
    )["QueueUrl"]
    try:
        attributes = hub.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        rule = hub.events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))[
            "RuleArn"
        ]
        hub.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": build_policy(arn, rule)})
        hub.events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "tail", "Arn": arn}])
        yield url
    finally:
        delete_rule(hub, name, bus)
        hub.sqs.delete_queue(QueueUrl=url)


def build_policy(queue: str, rule: str) -> str:
    """Return a policy that lets only this rule send."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def delete_rule(hub: Hub, name: str, bus: str) -> None:
    gone = hub.events.exceptions.ResourceNotFoundException
    try:
        hub.events.remove_targets(Rule=name, EventBusName=bus, Ids=["tail"])
        hub.events.delete_rule(Name=name, EventBusName=bus)
    except gone:
        return


def receive_envelopes(hub: Hub, url: str, seconds: float) -> Iterator[dict[str, Any]]:
    """Yield the envelopes of EventBridge for so many seconds; 0 is until interrupted."""
    deadline = time.monotonic() + seconds if seconds else None
    while deadline is None or time.monotonic() < deadline:
        left = (
            WAIT_SECONDS
            if deadline is None
            else min(WAIT_SECONDS, max(0, int(deadline - time.monotonic())))
        )
        answer = hub.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=left
        )
        messages = answer.get("Messages", [])
        if messages:
            received = [
                {"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages
            ]
            hub.sqs.delete_message_batch(QueueUrl=url, Entries=received)  # type: ignore[arg-type]  # receipts of what was received
        yield from (json.loads(message["Body"]) for message in messages)


def describe_envelope(envelope: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the lines of one envelope: `time`, `customer`, `kind`, `what`, `why`.

    A decision has one line, and one for each of its actions and timers.
    """
    kind = str(envelope["source"]).removeprefix("segue.")
    detail: Mapping[str, Any] = envelope["detail"]
    tell = {"raw": describe_payload, "decision": describe_decision, "outcome": describe_outcome}
    lines = tell.get(kind, describe_event)(detail)
    who = str(detail.get("customer_id", ""))
    return [{"customer": who, "kind": kind, **line} for line in lines]


def describe_payload(detail: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        build_line(detail["received_at"], f"from {detail['source']}", f"delivery {detail['id']}")
    ]


def describe_event(detail: Mapping[str, Any]) -> list[dict[str, str]]:
    return [build_line(detail["received_at"], detail["type"], f"from {detail['source']}")]


def describe_outcome(detail: Mapping[str, Any]) -> list[dict[str, str]]:
    about = detail["properties"]
    what = f"{about.get('channel', '')} {detail['type'].removeprefix('action.')}"
    why = about.get("reason") or find_subject(about) or f"rule {about.get('rule_id', '')}"
    return [build_line(detail["received_at"], what, why)]


def describe_decision(detail: Mapping[str, Any]) -> list[dict[str, str]]:
    at = detail["decided_at"]
    actions = [
        {
            "kind": "action",
            **build_line(at, f"{a['channel']} {find_subject(a['what'])}", format_cause(a)),
        }
        for a in detail["actions"]
    ]
    timers = [
        {"kind": "timer", **build_line(at, f"wait for {t['event']['type']}", f"due {t['due_at']}")}
        for t in detail["timers"]
    ]
    sentence = detail["receipt"].get("sentence", "")
    return [build_line(at, detail["event_type"], sentence), *actions, *timers]


def format_cause(action: Mapping[str, Any]) -> str:
    return f"rule {action['rule_id']} of catalogue {action['catalogue']}"


def find_subject(words: Mapping[str, Any]) -> str:
    """Return what an action is about: its template, its call queue or its dataset."""
    return next((str(words[n]) for n in ("queue", "template", "dataset") if n in words), "")


def build_line(at: Any, what: str, why: str) -> dict[str, str]:
    return {"time": str(at), "what": what.strip(), "why": why}
