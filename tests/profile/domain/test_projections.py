"""What each type of event changes in the blocks of a customer."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.addresses import find_addresses
from hub.model.event import Event
from hub.profile.domain.projections.attitudes import MOST_QUESTIONS
from tests.factories import a_customer, an_event, later

SCHEMA = json.loads(Path("schemas/customer.schema.json").read_text())["properties"]


def _said(kind: str, event_id: str, hour: int = 0, /, **properties: Any) -> Event:
    return an_event(kind, event_id, occurred_at=later(hours=hour), properties=properties)


@pytest.mark.parametrize(
    ("kind", "properties", "channel", "what"),
    [
        ("email.opened", {}, "email", "opened"),
        ("email.unsubscribed", {}, "email", "unsubscribed"),
        ("email.complained", {}, "email", "complained"),
        ("message.delivered", {"message": "1"}, "sms", "delivered"),
        ("message.read", {"message": "1", "channel": "whatsapp"}, "whatsapp", "read"),
        ("message.received", {"message": "1", "channel": "sms"}, "sms", "received"),
        ("offer.viewed", {"offer": "1", "channel": "screen"}, "screen", "viewed"),
        ("offer.clicked", {"offer": "1"}, "web", "clicked"),
        ("offer.accepted", {"offer": "1", "channel": "push"}, "push", "accepted"),
        ("offer.dismissed", {"offer": "1", "channel": "web"}, "web", "dismissed"),
        ("call.completed", {"call": "1", "channel": "voice"}, "call", "completed"),
    ],
)
def test_a_response_is_counted_on_the_channel_it_came_by(
    kind: str, properties: dict[str, Any], channel: str, what: str
) -> None:
    late = an_event(kind, "1", occurred_at=later(hours=2), properties=properties)
    early = an_event(kind, "2", occurred_at=later(hours=1), properties=properties)
    engaged = a_customer(late, early).engagement[channel]
    assert engaged[what] == 2
    assert engaged[f"{what}_at"] == "2026-11-22T14:00:00.000Z"
    named = SCHEMA["engagement"]["additionalProperties"]["properties"]
    assert {what, f"{what}_at"} <= named.keys()


ADDRESS_SPELLINGS = (
    "josé@müller.example",
    "jose\u0301@xn--mller-kva.example",
    " JOSÉ@MÜLLER.EXAMPLE",
    "José <josé@mu\u0308ller.example>",
)


def test_calls_and_complaints_are_service() -> None:
    events = [_said("call.completed", "1", 3), _said("call.completed", "2", 1)]
    customer = a_customer(*events, _said("complaint.filed", "3", 2))
    assert customer.service == {
        "calls": 2,
        "last_call_at": "2026-11-22T15:00:00.000Z",
        "complaints": 1,
        "last_complaint_at": "2026-11-22T14:00:00.000Z",
    }


def test_the_last_product_and_search_are_interests_and_what_was_said_stays() -> None:
    said = an_event("customer.updated", "1", traits={"interests": {"sport": "rowing"}})
    customer = a_customer(
        said,
        _said("product.viewed", "2", 2, product="p-2", name="Mug", category="kitchen"),
        _said("product.clicked", "3", 1, product="p-1", category="garden"),
        _said("product.viewed", "4", 3),
        _said("search.performed", "5", 1, query="m" * 300),
    )
    assert customer.interests == {
        "sport": "rowing",
        "last_product": "Mug",
        "last_category": "kitchen",
        "last_search": "m" * 100,
    }


def _survey(event_id: str, hour: int, *answers: Any) -> Event:
    return _said("survey.answered", event_id, hour, survey="s-1", answers=list(answers))


def test_the_last_answer_to_a_question_is_an_attitude() -> None:
    how = "How satisfied are you?"
    customer = a_customer(
        an_event("customer.updated", "0", traits={"attitudes": {"recommends": 7}}),
        _survey("2", 2, {"question": how, "text": "very", "number": None}, {"question": "q 2"}),
        _survey("1", 1, {"question": how, "text": "9", "number": 9}, {"question": 7, "text": "x"}),
        _survey("3", 1, {"question": "Why?", "text": "l" * 101}, {"question": "Ages", "number": 2}),
        _survey("4", 1, "nonsense", None, {"text": "no question"}),
        _said("survey.answered", "5", 1, survey="s-1", answers="none"),
    )
    assert customer.attitudes == {"recommends": 7, "how_satisfied_are_you": "very", "ages": 2}


def test_the_questions_answered_last_are_kept_in_whatever_order_they_came() -> None:
    surveys = [
        _survey(str(n), n % 30, *({"question": f"q{n + k}", "number": n} for k in range(5)))
        for n in range(0, 90, 3)
    ]
    forwards, backwards = a_customer(*surveys), a_customer(*reversed(surveys))
    assert forwards.attitudes == backwards.attitudes
    assert forwards.as_of == backwards.as_of
    assert len(forwards.attitudes) == MOST_QUESTIONS


def test_the_store_they_were_last_in_is_their_place() -> None:
    visits = [
        _said("store.visited", "1", 2, store="014"),
        _said("store.visited", "2", 1, store="7"),
    ]
    assert a_customer(*visits).place == {"last_store": "014"}


def test_an_address_in_another_spelling_fails_with_its_key() -> None:
    bounced = an_event(
        "email.failed",
        "2",
        identities={"email": "ann@example.com"},
        properties={"permanent": True},
        occurred_at=later(hours=1),
    )
    said = an_event("customer.updated", "1", traits={"contact": {"email": " Ann@Example.com"}})
    assert find_addresses(a_customer(said), "email") == (" Ann@Example.com",)
    assert find_addresses(a_customer(said, bounced), "email") == ()


@given(*[st.sampled_from(ADDRESS_SPELLINGS)] * 3)
def test_a_failure_counts_for_every_spelling_of_the_address(
    stated: str, failed: str, reached: str
) -> None:
    """Profiles from before version 0.3 have all of them."""
    block = {"failed": {failed: "2026-11-22"}}
    customer = a_customer(contact={"email": stated}, engagement={"email": block})
    assert find_addresses(customer, "email") == ()
    block["reached"] = {reached: "2026-11-23"}
    assert find_addresses(customer, "email") == (stated,)
