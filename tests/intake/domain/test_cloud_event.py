"""CloudEvents in every mode come to one and the same event, or say which attribute is wrong."""

import json
from contextlib import suppress
from typing import Any

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.cloud_event import MOST_EVENTS, parse_cloud_events
from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected
from tests.factories import NOON

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "r-1",
    "source": "https://app.example.com/a",
    "type": "com.example.made",
}
STRUCTURED, BATCHED = "application/cloudevents+json", "application/cloudevents-batch+json"


def read(body: Any, media: str = STRUCTURED, **headers: str) -> list[tuple[str, dict[str, Any]]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    items = parse_cloud_events(SignedRequest(raw, {"content-type": media, **headers}), NOON)
    for item in items:
        if item.fault:
            raise item.fault
    return [(item.id, item.payload) for item in items]


def refused(body: Any, media: str = STRUCTURED, **headers: str) -> tuple[str, str]:
    with pytest.raises(Rejected) as refusal:
        read(body, media, **headers)
    return refusal.value.field, refusal.value.reason


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
    st.dictionaries(
        st.text(st.characters(codec="utf-8")), st.integers(-(2**53), 2**53) | st.booleans()
    ),
)
def test_the_sdks_two_modes_are_one_event(subject: str, data: dict[str, Any]) -> None:
    attributes = {**EVENT, "datacontenttype": "application/json", "subject": f"s{subject}"}
    made = CloudEvent({**attributes, "time": NOON}, data)
    modes = (to_binary_event(made), to_structured_event(made))
    binary, structured = (parse_cloud_events(SignedRequest(m.body, m.headers), NOON) for m in modes)
    assert binary == structured
    assert binary[0].payload["data"] == data


def test_a_repeat_is_known_by_source_and_id_together() -> None:
    others = [{**EVENT, "id": "r-2"}, {**EVENT, "source": "https://app.example.com/a/r"}]
    names = [name for name, _ in read([EVENT, {**EVENT, "type": "x"}, *others], BATCHED)]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_data_that_is_no_json_is_kept_as_text_or_as_base64() -> None:
    headers = {f"ce-{name}": value for name, value in EVENT.items()}
    assert read("é".encode(), "text/plain; charset=utf-8", **headers)[0][1]["data"] == "é"
    assert read(b"\xff", "image/png", **headers)[0][1]["data_base64"] == "/w=="
    assert "data" not in read(b"", "application/json", **headers)[0][1]
    assert refused(b"{", "application/problem+json", **headers)[0] == "body"


@pytest.mark.parametrize("name", ["id", "source", "type", "specversion"])
@pytest.mark.parametrize("value", [None, "", " ", 7])
def test_what_every_event_has_is_asked_for_by_name(name: str, value: Any) -> None:
    assert refused({**EVENT, name: value})[0] == name
    assert refused([EVENT, {**EVENT, name: value}], BATCHED)[0] == f"1.{name}"


@given(st.lists(st.sampled_from(["good", "wrong", "deep", "none"]), max_size=6))
def test_an_event_of_a_batch_that_is_wrong_costs_no_other(kinds: list[str]) -> None:
    made: dict[str, Any] = {
        "good": EVENT,
        "wrong": {**EVENT, "specversion": "0.3"},
        "deep": {**EVENT, "data": json.loads("[" * 40 + "]" * 40)},
        "none": 7,
    }
    body = json.dumps([made[kind] for kind in kinds]).encode()
    items = parse_cloud_events(SignedRequest(body, {"content-type": BATCHED}), NOON)
    assert len(items) == len(kinds)
    for position, (kind, item) in enumerate(zip(kinds, items, strict=True)):
        fields = {"wrong": f"{position}.specversion", "deep": "body", "none": str(position)}
        assert (item.fault.field if item.fault else None) == fields.get(kind)
        assert item.fault or item.payload == EVENT


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-11-22T12:00:00"}, "time"),
        ({"time": 7}, "time"),
        ({"data": 1, "data_base64": "AA=="}, "data_base64"),
    ],
)
def test_an_attribute_that_is_wrong_is_named(changed: dict[str, Any], field: str) -> None:
    assert refused({**EVENT, **changed})[0] == field


@pytest.mark.parametrize(
    ("body", "media", "field"),
    [
        (EVENT, "application/json", "content-type"),
        (EVENT, "application/cloudevents+xml", "content-type"),
        ([EVENT], STRUCTURED, "body"),
        (EVENT, BATCHED, "body"),
        ([[]], BATCHED, "0"),
        ([EVENT] * (MOST_EVENTS + 1), BATCHED, "body"),
        (b"[", BATCHED, "body"),
    ],
)
def test_what_is_no_cloud_event_is_refused(body: Any, media: str, field: str) -> None:
    assert refused(body, media)[0] == field


@given(st.binary(), st.sampled_from([STRUCTURED, BATCHED, "text/plain", ""]), st.text())
def test_whatever_is_sent_is_events_or_a_rejection(body: bytes, media: str, text: str) -> None:
    headers = {"ce-specversion": "1.0", "ce-id": text, "ce-source": text, "ce-type": "t"}
    with suppress(Rejected):
        assert json.dumps(read(body, media, **headers))
