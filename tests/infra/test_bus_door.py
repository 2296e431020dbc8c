"""Who is heard on a bus reaches the queue of normalize, as a delivery that it can read."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from hub.model.inbound_payload import InboundPayload
from infra import ROOT
from infra.deployment import Ground, account
from infra.intake.bus_sources import TOLD, sources_on_a_bus
from tests.infra.reading import Resource, Template, of_type, referred

HEARD = dict(sources_on_a_bus())
RECEIVED = {"aws.events.event.ingestion-time": "$.time"}


def rules_of(template: Template, source: str) -> list[tuple[Resource, Any]]:
    """The rules that make deliveries of that source, each with its one target's transformer."""
    found = []
    for rule in of_type(template, "AWS::Events::Rule").values():
        (target,) = rule["Targets"]
        transformer = target.get("InputTransformer", {})
        if f'"source":"{source}"' in str(transformer.get("InputTemplate", "")):
            found.append((rule, transformer))
    return found


def filled(transformer: Any, event: dict[str, Any]) -> Any:
    """What EventBridge makes of an event by the template: text within quotes, else JSON."""
    values = {name: event[path.removeprefix("$.")] for name, path in RECEIVED.items()}
    values |= {
        n: event[path.removeprefix("$.")] for n, path in transformer["InputPathsMap"].items()
    }

    def fill(found: re.Match[str]) -> str:
        token = found.group(0)
        if token.startswith('"'):
            return re.sub("<([^<>]+)>", lambda name: str(values[name.group(1)]), token)
        return json.dumps(values[token.strip("<>")])

    return json.loads(re.sub(r'"[^"]*"|<[^<>]+>', fill, transformer["InputTemplate"]))


def _around(source: str, detail: Any) -> dict[str, Any]:
    """The event on the bus whose detail that is."""
    said = dict.fromkeys(TOLD, "-") | {"time": "2026-11-21T10:00:00Z", "id": "e-1"}
    return {**said, "source": HEARD[source]["source"], "detail": detail}


@pytest.mark.parametrize("source", sorted(HEARD))
def test_an_event_becomes_a_delivery_of_its_source(template: Template, source: str) -> None:
    ((rule, transformer),) = rules_of(template, source)
    assert rule["EventPattern"]["detail-type"] == list(HEARD[source]["detail_types"])
    assert rule["EventPattern"].get("detail", {}) == HEARD[source].get("detail", {})
    sample = max((ROOT / "schemas" / "sources" / source / "samples").glob("*.json"))
    told, bare = json.loads(sample.read_text()), HEARD[source].get("payload") == "detail"
    event = {"resources": [], **(_around(source, told) if bare else told)}
    raw = filled(transformer, event)
    delivery = InboundPayload.from_dict(raw["detail"])
    assert raw["source"] == "segue.raw"
    assert (delivery.id, delivery.source) == (event["id"], source)
    assert delivery.correlation_id == f"{source}:{event['id']}"
    assert delivery.payload == (told if bare else {name: event[name] for name in TOLD})


@pytest.mark.parametrize("source", sorted(HEARD))
def test_it_waits_in_a_queue_and_what_cannot_be_carried_there_is_kept(
    template: Template, source: str
) -> None:
    ((rule, _),) = rules_of(template, source)
    queues = of_type(template, "AWS::SQS::Queue")
    (target,) = rule["Targets"]
    work = queues[referred(target["Arn"])]
    dead = referred(target["DeadLetterConfig"]["Arn"])
    assert referred(work["RedrivePolicy"]["deadLetterTargetArn"]) == dead


def test_a_partner_is_heard_on_the_bus_that_the_context_names(template: Template) -> None:
    ((rule, _),) = rules_of(template, "salesforce_events")
    bus = of_type(template, "AWS::Events::EventBus")[referred(rule["EventBusName"])]
    assert bus == {"EventSourceName": bus["Name"], "Name": bus["Name"]}
    assert rule["EventPattern"]["source"] == [{"prefix": "aws.partner/salesforce.com/"}]


def test_a_partner_that_nobody_named_has_no_bus(
    synthesised: Callable[[Ground, dict[str, str]], Template],
) -> None:
    template = synthesised(account(), {})
    assert rules_of(template, "salesforce_events") == []
    assert len(of_type(template, "AWS::Events::EventBus")) == 1


def test_no_event_on_a_bus_is_of_two_sources() -> None:
    said = [(heard["source"], name) for heard in HEARD.values() for name in heard["detail_types"]]
    assert len(said) == len(set(said))
