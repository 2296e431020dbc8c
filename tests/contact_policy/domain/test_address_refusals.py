"""Which events are words of an address, and what they refuse."""

from typing import Any

import pytest

from hub.contact_policy.domain.address_refusals import (
    build_refusal_of_addressee,
    find_statements,
    list_address_keys,
)
from hub.contact_policy.domain.contactability import check_refusal, find_open_addresses
from hub.kernel.contact_details.address_key import make_address_key
from hub.kernel.contact_details.address_refusals import AddressRefusals
from hub.model.action_trace import Trace
from hub.model.customer import Customer
from hub.model.episode import RecordedEpisode
from hub.model.event import Event
from tests.factories import a_customer, an_event
from tests.records import an_episode

PHONE, MAIL = "+442071838750", "ann@example.com"
AT = "2026-11-22T12:00:00.000Z"
NO_TEXTS = {"consent": {"sms": {"marketing": False}}}


def words(event: Event) -> list[tuple[str, str, bool]]:
    return [
        (word.channel, word.purpose, word.agrees)
        for word in find_statements(event, event.identities)
    ]


def a_word(event_type: str = "customer.updated", **given: Any) -> Event:
    return an_event(event_type, **{"identities": {"phone": PHONE}, **given})


def refusing(channel: str, *addresses: str, purpose: str = "marketing") -> AddressRefusals:
    proof = {purpose: f"{AT} refused twilio e-2"}
    return AddressRefusals({make_address_key(channel, address): proof for address in addresses})


def test_consent_of_a_sender_with_no_other_key_is_a_word_of_the_address() -> None:
    consent = {"sms": {"marketing": True, "service": False}, "email": {"marketing": True}}
    event = a_word(traits={"consent": consent})
    (yes, no) = find_statements(event, event.identities)
    assert (yes.address, yes.proof) == (PHONE, f"{AT} agreed shop e-1")
    assert (no.purpose, no.proof) == ("service", f"{AT} refused shop e-1")


@pytest.mark.parametrize(
    "identities", [{"phone": PHONE, "loyalty": "L1"}, {"loyalty": "L1"}, {"email": MAIL}, {}]
)
def test_consent_of_a_person_is_no_word_of_an_address(identities: dict[str, str]) -> None:
    assert words(a_word(identities=identities, traits=NO_TEXTS)) == []


def test_a_word_counts_from_the_time_that_the_source_states_for_it() -> None:
    stated_at = {"consent.sms.marketing": "2026-11-20T08:00:00.000Z"}
    event = a_word(traits=NO_TEXTS, context={"stated_at": stated_at})
    (refusal,) = find_statements(event, event.identities)
    assert refusal.proof == "2026-11-20T08:00:00.000Z refused shop e-1"


def test_a_key_that_the_hub_did_not_take_is_no_reason_to_believe_the_address() -> None:
    consent = {"sms": {"marketing": True, "service": False}}
    event = a_word(traits={"consent": consent})
    (refusal,) = find_statements(event, {"phone": PHONE, "loyalty": "99999"})
    assert (refusal.purpose, refusal.agrees) == ("service", False)
    assert len(find_statements(event, {"phone": PHONE, "loyalty": ""})) == 2


def test_only_purposes_and_channels_that_there_are_count() -> None:
    consent = {"sms": {"address": True}, "post": {"marketing": False}, "call": False}
    assert words(a_word(traits={"consent": consent})) == []


@pytest.mark.parametrize(
    ("event_type", "properties", "word"),
    [
        ("email.complained", {}, ("email", "marketing", False)),
        ("email.failed", {"permanent": True}, ("email", "delivery", False)),
        ("email.delivered", {}, ("email", "delivery", True)),
        ("email.opened", {}, ("email", "delivery", True)),
    ],
)
def test_what_happens_to_an_e_mail_is_a_word_of_its_address(
    event_type: str, properties: dict[str, Any], word: tuple[str, str, bool]
) -> None:
    event = a_word(event_type, identities={"email": MAIL}, properties=properties)
    assert word in words(event)


def test_a_failure_that_passes_is_none() -> None:
    event = a_word("email.failed", identities={"email": MAIL}, properties={"permanent": False})
    assert words(event) == []


@pytest.mark.parametrize("asks", ["STOP", "START"])
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_a_stop_or_start_counts_on_the_channel_on_which_it_was_written(
    asks: str, channel: str
) -> None:
    said = {"channel": channel, "asks": asks}
    event = a_word("message.received", properties=said)
    assert words(event) == [(channel, "marketing", asks == "START")]
    assert words(a_word("message.received", properties={**said, "asks": "HELP"})) == []
    assert words(a_word("message.received", properties={**said, "channel": "carrier pigeon"})) == []


def test_the_addressee_refuses_too_if_the_address_is_somebody_elses() -> None:
    trace = Trace(action_id="a", customer_id="c-2", decision_id="d", decided_at=AT, channel="sms")
    consent = {"sms": {"marketing": False, "service": True}}
    stop = a_word(traits={"consent": consent}, context={"trace": trace.to_dict()})
    refusal = build_refusal_of_addressee(stop)
    assert refusal is not None
    assert (refusal.customer_id, refusal.identities, refusal.context) == ("c-2", {}, {})
    assert (refusal.source, refusal.effective_at) == ("segue", stop.effective_at)
    assert refusal.traits == NO_TEXTS
    assert refusal.id != stop.id
    assert build_refusal_of_addressee(an_event(context=stop.context)) is None
    assert build_refusal_of_addressee(a_word(traits=NO_TEXTS)) is None
    own = {"trace": {**trace.to_dict(), "customer_id": stop.customer_id}}
    assert build_refusal_of_addressee(a_word(traits=NO_TEXTS, context=own)) is None


def test_the_addresses_of_a_customer_are_those_that_they_have_and_are_about_to_get() -> None:
    signed_up = an_event(
        identities={"email": "new@example.com"}, traits={"contact": {"phone": "+442079460101"}}
    )
    expected = {
        make_address_key(channel, address)
        for channel, addresses in {
            "email": (MAIL, "new@example.com"),
            **dict.fromkeys(("sms", "call", "whatsapp"), (PHONE, "+442079460101")),
        }.items()
        for address in addresses
    }
    assert list_address_keys(a_customer(), [signed_up]) == expected
    assert list_address_keys(a_customer(), (), ["email"]) == {make_address_key("email", MAIL)}


def ann_with(refusals: AddressRefusals, *events: Event) -> Customer:
    return a_customer(*events, refusals=refusals)


def test_the_next_address_is_taken_instead_of_one_that_refused() -> None:
    other = an_event(identities={"email": "ann@work.example"})
    ann = ann_with(refusing("email", " Ann@Example.com"), other)
    assert find_open_addresses(ann, "email", "marketing") == (("ann@work.example",), None)
    assert find_open_addresses(ann, "email", "service")[0] == (MAIL, "ann@work.example")


def test_without_another_address_the_refusal_is_the_reason() -> None:
    ann = ann_with(refusing("sms", PHONE))
    reason = f"the address refused marketing on sms at {AT}"
    assert find_open_addresses(ann, "sms", "marketing") == ((), reason)
    assert find_open_addresses(ann, "whatsapp", "marketing") == ((PHONE,), None)


def test_an_address_that_failed_gets_messages_of_no_purpose() -> None:
    ann = ann_with(refusing("email", MAIL, purpose="delivery"))
    for purpose in ("marketing", "service"):
        reason = f"the address failed for good on email at {AT}"
        assert find_open_addresses(ann, "email", purpose) == ((), reason)


def test_the_address_that_was_decided_on_is_the_one_that_counts() -> None:
    other = an_event(identities={"email": "ann@work.example"})
    ann = ann_with(refusing("email", MAIL), other)
    refused = f"the address refused marketing on email at {AT}"
    assert check_refusal(ann, "email", "marketing", MAIL) == refused
    assert check_refusal(ann, "email", "marketing", "ann@work.example") is None
    assert check_refusal(ann, "email", "marketing", "") is None
    assert check_refusal(ann_with(refusing("email", MAIL)), "email", "marketing", "") == refused
    assert check_refusal(ann, "web", "marketing", "") is None


def test_an_episode_keeps_the_refusals_and_one_without_is_as_before() -> None:
    refusals = refusing("sms", PHONE)
    episode = an_episode(refusals=refusals)
    recorded = RecordedEpisode.from_dict({"before": None, "episode": episode.to_dict()})
    assert recorded.episode == episode
    assert recorded.before.refusals == refusals
    assert "refusals" not in recorded.before.to_dict()
    assert "refusals" not in an_episode().to_dict()
