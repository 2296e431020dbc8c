"""What a call of the Segment API holds, whole and each message by itself."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.envelope_item import EnvelopeItem
from hub.intake.domain.segment_tracking import (
    LARGEST_BATCH,
    LARGEST_MESSAGE,
    MOST_MESSAGES,
    build_settings,
    parse_messages,
)
from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge
from tests.factories import NOON

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def found(call: str, body: Any) -> list[tuple[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    items = read(call, raw)
    assert not any(item.fault for item in items)
    return [(item.id, item.payload) for item in items]


def read(call: str, raw: bytes) -> list[EnvelopeItem]:
    url = f"https://hub.example.com/v1/{call}?a=b"
    return parse_messages(SignedRequest(raw, {}, url=url), NOON)


def refused(call: str, body: Any) -> Rejected:
    with pytest.raises(Rejected) as refusal:
        found(call, body)
    return refusal.value


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_a_call_says_what_kind_its_message_is_in_long_or_in_short(kind: str) -> None:
    told = {"userId": "u", "messageId": "m-1", "writeKey": "k"}
    assert found(kind, told) == [("m-1", {"userId": "u", "messageId": "m-1", "type": kind})]
    assert found(kind[0], told) == found(kind, told)


@pytest.mark.parametrize("call", ["batch", "b", "import"])
def test_what_a_batch_says_of_all_its_messages_stands_in_each(call: str) -> None:
    body = {
        "sentAt": "2026-11-22T12:00:00Z",
        "context": {"ip": "0.0.0.0", "locale": "en"},  # noqa: S104 no address to listen on
        "batch": [
            {"messageId": "a", "type": "track", "context": {"locale": "de"}, "writeKey": "k"},
            {"messageId": "b", "type": "page", "sentAt": "2026-11-22T11:00:00Z"},
            "nonsense",
        ],
    }
    (_, first), (_, second), (_, third) = found(call, body)
    assert first["context"] == {"ip": "0.0.0.0", "locale": "de"}  # noqa: S104 as above
    assert (first["sentAt"], second["sentAt"]) == (body["sentAt"], "2026-11-22T11:00:00Z")
    assert "writeKey" not in first
    assert third == "nonsense"


def test_messages_without_an_id_are_never_taken_for_one() -> None:
    same = {"type": "track", "event": "x"}
    once = [name for name, _ in found("batch", {"batch": [same, same]})]
    sent = SignedRequest(json.dumps({"batch": [same]}).encode(), {}, url="https://x/v1/batch")
    [later] = parse_messages(sent, NOON + timedelta(milliseconds=1))
    assert len({*once, later.id}) == 3


def test_a_message_with_an_id_keeps_it_when_it_is_sent_again() -> None:
    body = {"batch": [{"messageId": "m", "type": "track"}], "sentAt": "1"}
    assert found("batch", body)[0][0] == found("batch", {**body, "sentAt": "2"})[0][0] == "m"


def test_what_is_too_large_is_named_with_its_place() -> None:
    big = {"big": "x" * LARGEST_MESSAGE}
    assert refused("track", big).field == "body"
    assert isinstance(refused("track", big), TooLarge)
    assert isinstance(refused("batch", b" " * (LARGEST_BATCH + 1)), TooLarge)
    assert isinstance(refused("batch", {"batch": [{}] * (MOST_MESSAGES + 1)}), TooLarge)
    assert len(found("batch", {"batch": [{}] * MOST_MESSAGES})) == MOST_MESSAGES


DEEP = json.loads("[" * 40 + "]" * 40)
BAD = {
    "large": ({"messageId": "large", "big": "x" * LARGEST_MESSAGE}, "has more than 32768 bytes"),
    "deep": ({"messageId": "deep", "context": DEEP}, "is nested more than 32 deep"),
}


@given(st.lists(st.sampled_from(["good", *BAD]), max_size=6))
def test_a_message_of_a_batch_that_cannot_be_taken_costs_no_other(kinds: list[str]) -> None:
    good = {"messageId": "good", "type": "track"}
    messages = [BAD[kind][0] if kind in BAD else good for kind in kinds]
    items = read("batch", json.dumps({"batch": messages}).encode())
    assert [item.id for item in items] == kinds
    for position, (kind, item) in enumerate(zip(kinds, items, strict=True)):
        if kind == "good":
            assert (item.payload, item.fault) == (good, None)
        else:
            assert item.fault is not None
            assert item.fault.reason == BAD[kind][1]
            assert item.fault.field == (f"batch.{position}" if kind == "large" else "body")


@pytest.mark.parametrize(
    ("call", "body", "field"),
    [
        ("tarck", {}, "call"),
        ("", {}, "call"),
        ("track", [], "body"),
        ("track", b"{", "body"),
        ("batch", {"batch": None}, "batch"),
        ("batch", [], "batch"),
    ],
)
def test_what_is_no_call_is_refused_with_the_place(call: str, body: Any, field: str) -> None:
    assert refused(call, body).field == field


@given(st.sampled_from(["track", "batch", "b", "x"]), json_values | st.binary())
def test_whatever_is_sent_is_messages_or_a_rejection(call: str, body: Any) -> None:
    with suppress(Rejected):
        assert all(name for name, _ in found(call, body))


def test_a_body_that_nobody_could_write_again_is_refused_whole() -> None:
    assert refused("batch", b'{"batch": ' + b"[" * 300 + b"]" * 300 + b"}").field == "body"


def test_a_page_is_told_to_send_its_events_where_it_asked() -> None:
    sent = SignedRequest(b"", {}, url="https://hub.example.com/v1/projects/k/settings")
    destination = build_settings("k", sent)["integrations"]["Segment.io"]
    assert (destination["apiKey"], destination["apiHost"]) == ("k", "hub.example.com/v1")
