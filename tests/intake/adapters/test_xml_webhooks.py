"""Webhooks in XML: Salesforce's outbound messages, one delivery a notification."""

import json

import pytest

from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.signature import verify
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.intake.domain.webhook_payloads import MOST_EVENTS, read_payloads
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import to_safe_id
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.factories import NOON

SOURCES = find_schemas_folder() / "sources"
SAMPLES = SOURCES / "salesforce" / "samples"
MESSAGE = (SAMPLES / "message.xml").read_bytes()
ITEMS = WebhookDefinition("url-key", body="xml", element="item", delivery_id={"body": "id"})


def salesforce() -> WebhookDefinition:
    source = SourceDefinitions(SOURCES)("salesforce")
    assert source is not None
    assert source.webhook is not None
    return source.webhook


def test_every_notification_is_a_delivery_under_its_own_id() -> None:
    parcels = read_payloads(salesforce(), SignedRequest(MESSAGE, {}), "", NOON)
    assert [parcel.delivery_id for parcel in parcels] == [
        "04l0800002nrC5BAAU",
        "04l0800002nrC5CAAU",
    ]
    assert [parcel.payload for parcel in parcels] == [
        json.loads((SAMPLES / name).read_text()) for name in ("person.json", "person.lead.json")
    ]


def test_the_answer_is_the_acknowledgement_that_ends_the_repeats() -> None:
    answers = salesforce().answers
    assert "<Ack>true</Ack>" in str(answers["accepted"].body)
    assert "<Ack>false</Ack>" in str(answers["rejected"].body)
    assert answers["accepted"].type.startswith("text/xml")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not a complete XML document"),
        (b"<a><item>", "is not a complete XML document"),
        (b"<a/>", "has no element item"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a><item>&x;</item></a>', "document type or entities"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a><item/></a>', "document type or entities"),
        (b"<a>" * 40 + b"<item/>" + b"</a>" * 40, "is nested more than"),
        (b"<a><item><id>1</id></item><item>", "is not a complete XML document"),
        (b"<a>" + b"<item/>" * (MOST_EVENTS + 1) + b"</a>", f"more than {MOST_EVENTS} events"),
    ],
)
def test_what_is_broken_or_forbidden_is_refused_whole(body: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason) as refusal:
        read_payloads(ITEMS, SignedRequest(body, {}), "", NOON)
    assert refusal.value.field == "body"


def test_what_says_it_is_nil_is_null_and_nothing_else_is() -> None:
    body = (
        b'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        b'<item><id>1</id><x i:nil="true"/><y i:nil="false">y</y><z nil="true"/></item></a>'
    )
    [parcel] = read_payloads(ITEMS, SignedRequest(body, {}), "", NOON)
    assert parcel.payload == {
        "id": "1",
        "x": None,
        "y": {"@nil": "false", "#text": "y"},
        "z": {"@nil": "true"},
    }


@pytest.mark.parametrize("query", ["", "?key=", "?key=other", "?other=s3cret", "?key=x&key=s3cret"])
def test_a_key_that_is_not_in_the_address_proves_nothing(query: str) -> None:
    sent = SignedRequest(MESSAGE, {}, url=f"https://hub.example.com/webhooks/salesforce{query}")
    with pytest.raises(Exception, match="nothing proves"):
        verify(salesforce(), sent, ["s3cret"], NOON)


def test_a_key_in_the_address_is_the_proof() -> None:
    sent = SignedRequest(MESSAGE, {}, url="https://hub.example.com/webhooks/salesforce?key=s3cret")
    assert verify(salesforce(), sent, ["s3cret"], NOON) == ""


@pytest.mark.parametrize(
    ("name", "delivery_id"),
    [("contact", "1-3KX9:11/21/2026 14:05:30"), ("account", "1-2AB4:11/21/2026 14:06:00")],
)
def test_of_several_elements_each_is_told_by_its_name_and_what_is_within_is_part_of_it(
    name: str, delivery_id: str
) -> None:
    source = SourceDefinitions(SOURCES)("siebel")
    assert source is not None
    assert source.webhook is not None
    samples = SOURCES / "siebel" / "samples"
    sent = SignedRequest((samples / f"{name}.xml").read_bytes(), {})
    [parcel] = read_payloads(source.webhook, sent, "", NOON)
    assert parcel.delivery_id == to_safe_id(delivery_id)
    assert parcel.payload == json.loads((samples / f"{name}.json").read_text())


def test_a_document_with_none_of_the_elements_names_them() -> None:
    several = WebhookDefinition("url-key", body="xml", element=("Contact", "Account"))
    with pytest.raises(Rejected, match="has no element Contact, Account"):
        read_payloads(several, SignedRequest(b"<SiebelMessage/>", {}), "", NOON)
