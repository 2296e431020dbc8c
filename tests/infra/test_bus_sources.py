"""An event on a bus reaches the queue of normalize as an inbound payload that it can read."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from hub.model.inbound_payload import InboundPayload
from infra import ROOT
from infra.deployment import Deployment, make_account_deployment
from infra.intake.bus_sources import EVENT_FIELDS, list_bus_sources
from tests.infra.template_reader import Resource, Template, of_type, referred

DEFINITIONS = dict(list_bus_sources())
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
    said = dict.fromkeys(EVENT_FIELDS, "-") | {"time": "2026-11-21T10:00:00Z", "id": "e-1"}
    return {**said, "source": DEFINITIONS[source]["source"], "detail": detail}


@pytest.mark.parametrize("source", sorted(DEFINITIONS))
def test_an_event_becomes_an_inbound_payload_of_its_source(template: Template, source: str) -> None:
    ((rule, transformer),) = rules_of(template, source)
    assert rule["EventPattern"]["detail-type"] == list(DEFINITIONS[source]["detail_types"])
    assert rule["EventPattern"].get("detail", {}) == DEFINITIONS[source].get("detail", {})
    sample = max((ROOT / "schemas" / "sources" / source / "samples").glob("*.json"))
    sent, bare = json.loads(sample.read_text()), DEFINITIONS[source].get("payload") == "detail"
    event = {"resources": [], **(_around(source, sent) if bare else sent)}
    raw = filled(transformer, event)
    delivery = InboundPayload.from_dict(raw["detail"])
    assert raw["source"] == "segue.raw"
    assert (delivery.id, delivery.source) == (event["id"], source)
    assert delivery.correlation_id == f"{source}:{event['id']}"
    assert delivery.payload == (sent if bare else {name: event[name] for name in EVENT_FIELDS})


@pytest.mark.parametrize("source", sorted(DEFINITIONS))
def test_events_go_to_a_queue_and_failed_ones_to_its_dead_letters(
    template: Template, source: str
) -> None:
    ((rule, _),) = rules_of(template, source)
    queues = of_type(template, "AWS::SQS::Queue")
    (target,) = rule["Targets"]
    work = queues[referred(target["Arn"])]
    dead = referred(target["DeadLetterConfig"]["Arn"])
    assert referred(work["RedrivePolicy"]["deadLetterTargetArn"]) == dead


def test_a_partner_uses_the_bus_that_the_context_names(template: Template) -> None:
    ((rule, _),) = rules_of(template, "salesforce_events")
    bus = of_type(template, "AWS::Events::EventBus")[referred(rule["EventBusName"])]
    assert bus == {"EventSourceName": bus["Name"], "Name": bus["Name"]}
    assert rule["EventPattern"]["source"] == [{"prefix": "aws.partner/salesforce.com/"}]


def test_a_partner_that_the_context_does_not_name_has_no_bus(
    synthesised: Callable[[Deployment, dict[str, str]], Template],
) -> None:
    template = synthesised(make_account_deployment(), {})
    assert rules_of(template, "salesforce_events") == []
    assert len(of_type(template, "AWS::Events::EventBus")) == 1


def test_no_event_on_a_bus_belongs_to_two_sources() -> None:
    said = [
        (heard["source"], name) for heard in DEFINITIONS.values() for name in heard["detail_types"]
    ]
    assert len(said) == len(set(said))
