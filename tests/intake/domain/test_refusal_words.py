"""Whoever refuses messages is taken at their word, on every channel and in every spelling."""

import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import normalize_payload
from hub.intake.domain.refusal_words import RefusalWords, note_refusal
from hub.model.channels import CHANNELS
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.factories import NOON, an_event

SCHEMAS = find_schemas_folder()
SOURCES = load_sources()
BY_LANGUAGE = json.loads((SCHEMAS / "sources/refusals.json").read_text())["words"]
WORDS = sorted({word for words in BY_LANGUAGE.values() for word in words})
# The keywords of Twilio, AWS and the CTIA, and those of 47 CFR 64.1200(a)(10).
COMMON = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"]
SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    str.title,
    lambda word: f"  {word}\n",
    lambda word: f"{word}.",
    lambda word: f"“{word}”!!!",
    lambda word: f"{word} 🙏",
    lambda word: ".".join(word) + ".",
    lambda word: word.replace(" ", "-"),
    lambda word: word.replace(" ", ""),
    lambda word: unicodedata.normalize("NFD", word),
    lambda word: "".join(
        c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)
    ),
]
SENDERS: dict[str, tuple[str, str, Callable[[Any, str], Any]]] = {
    "sms by Twilio": ("twilio", "incoming", lambda sent, text: {**sent, "Body": text}),
    "WhatsApp by Twilio": (
        "twilio",
        "incoming",
        lambda sent, text: {**sent, "Body": text, "From": "whatsapp:+447700900123"},
    ),
    "sms by AWS": ("sms_replies", "reply", lambda sent, text: {**sent, "messageBody": text}),
    "whatsapp": ("whatsapp", "message", lambda sent, text: {**sent, "text": {"body": text}}),
    "messenger": (
        "facebook",
        "message",
        lambda sent, text: {**sent, "message": {**sent["message"], "text": text}},
    ),
    "x": (
        "x",
        "message_create",
        lambda sent, text: {
            **sent,
            "message_create": {
                **sent["message_create"],
                "message_data": {**sent["message_create"]["message_data"], "text": text},
            },
        },
    ),
}


def receive(sender: str, text: str, **changes: Any) -> Event:
    source, sample, write = SENDERS[sender]
    path = SCHEMAS / f"sources/{source}/samples/{sample}.json"
    payload = {**write(json.loads(path.read_text()), text), **changes}
    inbound = InboundPayload(
        id="sample", source=source, received_at=NOON, correlation_id="k-1", payload=payload
    )
    return normalize_payload(inbound, SOURCES, lambda _: b"")


@pytest.mark.parametrize("sender", SENDERS)
@given(st.sampled_from(WORDS), st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS))
def test_a_refusal_withdraws_consent_on_the_channel_where_it_is_written(
    sender: str, word: str, spell: Callable[[str], str], spell_again: Callable[[str], str]
) -> None:
    event = receive(sender, spell_again(spell(word)))
    assert event.properties["asks"] == "STOP"
    channel = event.properties["channel"]
    assert event.traits["consent"] == {channel: {"marketing": False}}


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(
    "text", ["Don't stop the music", "The end?", "Yes", "Peru", "No", "Hello", "?"]
)
def test_other_messages_refuse_nothing(sender: str, text: str) -> None:
    event = receive(sender, text)
    assert "consent" not in event.traits
    assert "asks" not in event.properties


def test_the_common_words_are_all_there() -> None:
    words = RefusalWords(WORDS)
    assert [word for word in COMMON if word not in words] == []
    assert "" not in words
    assert "!" not in words
    assert "stop" * 100 not in words
    assert None not in words


@pytest.mark.parametrize(
    ("from_", "channel"),
    [("+447700900123", "sms"), ("whatsapp:+447700900123", "whatsapp")],
)
def test_twilios_own_word_counts_on_the_channel_where_it_was_said(from_: str, channel: str) -> None:
    stop = receive("sms by Twilio", "any keyword", From=from_, OptOutType="STOP")
    assert stop.traits["consent"] == {channel: {"marketing": False}}
    start = receive("sms by Twilio", "START", From=from_, OptOutType="START")
    assert start.traits["consent"] == {channel: {"marketing": True}}


@given(st.sampled_from(sorted(CHANNELS)) | st.none() | st.integers() | st.text(max_size=5))
def test_only_channels_that_need_consent_have_it_withdrawn(channel: Any) -> None:
    consent = {"sms": {"marketing": True, "service": True}}
    event = an_event(
        "message.received",
        properties={"channel": channel, "text": "Stop"},
        traits={"consent": consent},
    )
    noted = note_refusal(event, RefusalWords(["STOP"]))
    assert noted.properties["asks"] == "STOP"
    if channel in CHANNELS and "marketing" in CHANNELS[channel].purposes:
        refused = {**consent.get(channel, {}), "marketing": False}
        assert noted.traits == {"consent": {**consent, channel: refused}}
    else:
        assert noted.traits == event.traits


def test_the_button_of_a_reply_may_refuse() -> None:
    said = {"channel": "whatsapp", "text": "No, thanks", "payload": "stop"}
    noted = note_refusal(an_event("message.received", properties=said), RefusalWords(["STOP"]))
    assert noted.traits["consent"] == {"whatsapp": {"marketing": False}}


def test_other_events_refuse_nothing() -> None:
    event = an_event("survey.answered", properties={"channel": "sms", "text": "STOP"})
    assert note_refusal(event, RefusalWords(["STOP"])) is event
