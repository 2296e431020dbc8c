"""Consent that stands in a whole record holds from its own date, not from that of the record."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import map_payload, normalize_payload
from hub.intake.domain.source_definition import EventTypeDefinition, SourceDefinition
from hub.kernel.errors import Rejected
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.profile.domain.apply_event import apply_event
from tests.factories import NOON, an_event

SAMPLES = find_schemas_folder() / "sources/shopify/samples"
SOURCES = load_sources()
STATES = ("subscribed", "unsubscribed", "redacted", "not_subscribed", "pending", "invalid")
REFUSALS = ("unsubscribed", "redacted")
CHANNELS = {"email": "email_marketing_consent", "sms": "sms_marketing_consent"}
CONSENT_TOPICS = {"email": "consent.email", "sms": "consent.sms"}

_channels = st.sampled_from(sorted(CHANNELS))
_moments = st.integers(-48, 0).map(lambda hours: NOON + timedelta(hours=hours))
_dates = st.none() | _moments


def read(sample: str, channel: str, state: str, stated: datetime | None, at: datetime) -> Event:
    payload: Any = json.loads((SAMPLES / f"{sample}.json").read_text())
    body = payload["body"]
    if sample not in CONSENT_TOPICS.values():
        body |= {"created_at": to_iso(at), "updated_at": to_iso(at)}
    for name in CHANNELS.values():
        body.pop(name, None)
    body[CHANNELS[channel]] = {
        "state": state,
        "consent_updated_at": to_iso(stated) if stated else None,
    }
    inbound = InboundPayload(
        id="d-1", source="shopify", received_at=NOON, correlation_id="k-1", payload=payload
    )
    return normalize_payload(inbound, SOURCES, lambda _: b"")


def agree(channel: str, at: datetime) -> Event:
    consent = {"consent": {channel: {"marketing": True}}}
    return an_event("preferences.changed", "e-yes", occurred_at=at, traits=consent)


def remember(*events: Event) -> Any:
    customer = Customer(customer_id="c-1")
    for event in events:
        customer = apply_event(customer, event, NOON)
    return customer


@given(_channels, st.sampled_from(STATES), _dates, _moments, _moments)
def test_a_record_refuses_only_what_was_agreed_before_its_own_date(
    channel: str, state: str, stated: datetime | None, changed: datetime, agreed: datetime
) -> None:
    """A refusal without a date counts as of the record."""
    record = read("customers.update", channel, state, stated, changed)
    refused_at = min(stated or changed, changed)
    is_refused = state in REFUSALS and refused_at >= agreed
    for events in ([record, agree(channel, agreed)], [agree(channel, agreed), record]):
        customer = remember(*events)
        assert customer.consent == {channel: {"marketing": not is_refused}}
        proof = customer.proofs[f"{channel}.marketing"]
        assert proof.startswith(to_iso(max(refused_at, agreed) if is_refused else agreed))


@given(_channels, st.sampled_from(STATES), _dates, _moments)
def test_a_new_record_gives_or_refuses_what_somebody_was_asked(
    channel: str, state: str, stated: datetime | None, created: datetime
) -> None:
    consent = remember(read("customers.create", channel, state, stated, created)).consent
    if state == "subscribed":
        assert consent == {channel: {"marketing": True}}
    else:
        assert consent == ({channel: {"marketing": False}} if state in REFUSALS else {})


@given(_channels, st.sampled_from(STATES), _dates, _moments)
def test_a_change_of_consent_holds_from_its_date_and_never_asked_cancels_nothing(
    channel: str, state: str, stated: datetime | None, agreed: datetime
) -> None:
    """A change without a date holds from when the hub received it."""
    event = read(CONSENT_TOPICS[channel], channel, state, stated, NOON)
    never_asked = state == "not_subscribed" and stated is None
    is_refused = state != "subscribed" and not never_asked and (stated or NOON) >= agreed
    for events in ([event, agree(channel, agreed)], [agree(channel, agreed), event]):
        assert remember(*events).consent == {channel: {"marketing": not is_refused}}


@pytest.mark.parametrize("stated_at", [{"consent.email.marketing": "yesterday"}, {"a": 5}, "now"])
def test_a_stated_time_that_is_none_parks_the_payload(stated_at: Any) -> None:
    mapping = {"occurred_at": "received()", "context": {"stated_at": "stated_at"}}
    types = {"x": EventTypeDefinition(type="customer.updated", schema="x", map=mapping)}
    source = SourceDefinition(name="crm", event_type="type", types=types)
    inbound = InboundPayload(
        id="d-1",
        source="crm",
        received_at=NOON,
        correlation_id="k-1",
        payload={"type": "x", "stated_at": stated_at},
    )
    with pytest.raises(Rejected) as refusal:
        map_payload(source, inbound, lambda _, __: None)
    assert refusal.value.field.startswith("context.stated_at")
