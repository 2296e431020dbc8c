"""Builders of rows and catalogues. A test passes only what matters to it."""

from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.factories import NOON

BODIES: dict[str, Any] = {
    "email": {"en": {"subject": "Hello", "text": "Hello"}},
    "sms": {"en": {"text": "Hello"}},
    "push": {"en": {"title": "Hello", "text": "Hello"}},
    "call": {"en": {"script": "Hello"}},
    "web": {"en": {"html": "<p>Hello</p>"}},
}


def a_template(template_id: str = "letter", purpose: str = "marketing") -> dict[str, Any]:
    return {"template_id": template_id, "purpose": purpose, "default_language": "en", **BODIES}


def a_rule(rule_id: str, *verbs: dict[str, Any], **row: Any) -> dict[str, Any]:
    defaults = {"strategy": rule_id, "event": "page.viewed", "status": "live"}
    return {"rule_id": rule_id, "then": list(verbs), **defaults, **row}


def an_offer(offer_id: str, **row: Any) -> dict[str, Any]:
    defaults = {"tags": ["spring"], "treatments": {"email": {"template": "letter"}}, "value": 1000}
    return {"offer_id": offer_id, "status": "live", **defaults, **row}


def a_policy(kind: str, policy_id: str = "p", **row: Any) -> dict[str, Any]:
    return {"policy_id": policy_id, "kind": kind, "status": "live", **row}


OFFER = {"do": "offer", "tag": "spring"}
SEND = {"do": "send", "template": "letter", "channel": "email"}
CALL = {"do": "call", "queue": "retention", "template": "notice", "reason": "complaint"}


def a_catalogue(*rows: dict[str, Any]) -> Catalogue:
    """Makes a catalogue of rows of any table, and of two templates: `letter` and the service
    template `notice`."""
    tables: dict[str, dict[str, Any]] = {"rules": {}, "offers": {}, "policies": {}}
    for row in rows:
        for table, key in (("rules", "rule_id"), ("offers", "offer_id"), ("policies", "policy_id")):
            if key in row:
                tables[table][row[key]] = row
    templates = {"letter": a_template(), "notice": a_template("notice", "service")}
    catalogue = Catalogue.from_snapshot({"number": 7, "rows": {**tables, "templates": templates}})
    assert catalogue.unreadable == {}
    return catalogue


def decide_on(
    catalogue: Catalogue,
    customer: Customer,
    *events: Event,
    around: Surroundings = NO_SURROUNDINGS,
    seed: str = "seed",
    now: Any = NOON,
) -> tuple[Customer, Decision]:
    """Returns the customer after the events, and the last decision."""
    result = decide(events, customer, catalogue, around, now, seed)
    return result.customer, result.decisions[-1]


def gates(decision: Decision) -> dict[str, str]:
    """Returns subject -> gate for every choice that a gate stopped."""
    return {c["what"]: c["gate"] for c in decision.receipt["choices"] if "gate" in c}
