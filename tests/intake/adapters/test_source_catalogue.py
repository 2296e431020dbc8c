"""Sources are data: every folder's samples give the canonical events beside them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.adapters.namespaces_file import load_namespaces
from hub.intake.adapters.source_catalogue import PayloadValidator, load_sources
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.file_definition import SUFFIXES
from hub.intake.domain.file_records import READERS
from hub.intake.domain.normalization import SchemaProblem, map_payload, normalize_payload
from hub.intake.domain.signature import SCHEMES
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.domain.webhook_challenge import METHODS
from hub.kernel.errors import Rejected
from hub.life_events.domain.occasions import find_occasions
from hub.model.action_trace import list_promo_codes
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.model.promo_code import normalize_promo_code
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.factories import NOON

SCHEMAS = find_schemas_folder()
SOURCES = load_sources()
SAMPLES = sorted(
    path
    for path in SCHEMAS.glob("sources/*/samples/*.json")
    if not path.name.endswith(".expected.json")
)
NAMED_BY_THE_SENDER = "track."
SIGN_UP = json.loads((SCHEMAS / "sources/shop/samples/customer.created.json").read_text())

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def delivery(source: str, payload: Any) -> InboundPayload:
    return InboundPayload(
        id="sample", source=source, received_at=NOON, correlation_id="k-1", payload=payload
    )


def event_of(source: str, payload: Any) -> Event:
    return normalize_payload(delivery(source, payload), SOURCES, lambda _: b"")


def refusal_of(source: str, payload: Any) -> tuple[str, str]:
    with pytest.raises(Rejected) as refusal:
        event_of(source, payload)
    return refusal.value.field, refusal.value.reason


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_a_sample_gives_the_event_beside_it(path: Path) -> None:
    event = event_of(path.parts[-3], json.loads(path.read_text())).to_dict()
    expected = json.loads(path.with_suffix(".expected.json").read_text())
    assert {name: event[name] for name in expected} == expected
    assert (event["received_at"], event["correlation_id"]) == ("2026-11-22T12:00:00.000Z", "k-1")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_a_samples_event_fits_the_schemas_of_events(path: Path) -> None:
    event = event_of(path.parts[-3], json.loads(path.read_text())).to_dict()
    check = PayloadValidator(SCHEMAS / "events")
    assert check("event", event) is None
    if not event["type"].startswith(NAMED_BY_THE_SENDER):
        assert check(event["type"], event["properties"]) is None


def test_every_mapped_type_has_a_sample_a_schema_and_a_canonical_type() -> None:
    for path in SCHEMAS.glob("sources/*/source.json"):
        source = SOURCES.find(path.parent.name)
        assert source is not None
        for entry in source.types.values():
            assert (path.parent / f"{entry.schema}.schema.json").is_file()
            assert (path.parent / "samples" / f"{entry.schema}.json").is_file()
            if not entry.type.startswith(NAMED_BY_THE_SENDER):
                assert (SCHEMAS / "events" / f"{entry.type}.schema.json").is_file()


@pytest.mark.parametrize(
    "path", sorted(SCHEMAS.glob("sources/*/source.json")), ids=lambda p: p.parent.name
)
def test_every_definition_fits_the_schema_of_definitions(path: Path) -> None:
    schema = json.loads((SCHEMAS / "source.schema.json").read_text())
    jsonschema.validate(json.loads(path.read_text()), schema)


@pytest.mark.parametrize("path", sorted(SCHEMAS.rglob("*.schema.json")), ids=lambda p: p.stem)
def test_every_schema_is_one(path: Path) -> None:
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_an_event_type_nobody_mapped_says_which_are_known() -> None:
    field, reason = refusal_of("shop", {"type": "cart.melted"})
    assert field == "type"
    assert reason == (
        "event type 'cart.melted' is not mapped; known are cart.left, customer.created, order.paid"
    )


@pytest.mark.parametrize("payload", [{}, [], "x", 3, None, {"type": None}, {"type": ["cart.left"]}])
def test_a_payload_without_an_event_type_is_refused(payload: Any) -> None:
    field, reason = refusal_of("shop", payload)
    assert field == "type"
    assert reason.startswith("does not name an event type; known are ")


@pytest.mark.parametrize(
    ("source", "sample", "path"),
    [
        ("shopify", "orders.paid", ("body", "test")),
        ("shopify", "orders.cancelled", ("body", "test")),
        ("shopify", "refunds.create", ("body", "transactions", 0, "test")),
        ("mailgun", "delivered", ("event-data", "flags", "is-test-mode")),
    ],
)
def test_what_a_vendor_marks_as_a_test_is_no_event(
    source: str, sample: str, path: tuple[str | int, ...]
) -> None:
    payload = json.loads((SCHEMAS / f"sources/{source}/samples/{sample}.json").read_text())
    *parents, last = path
    place = payload
    for name in parents:
        place = place[name]
    place[last] = False
    event_of(source, payload)
    place[last] = True
    assert "test" in refusal_of(source, payload)[1]


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("sources/stripe/samples/*.json")))
def test_money_that_did_not_move_is_no_payment(path: Path) -> None:
    if not path.name.endswith(".expected.json"):
        payload = json.loads(path.read_text()) | {"livemode": False}
        assert refusal_of("stripe", payload)[1] == "was made in Stripe's test mode: no money moved"


@given(st.lists(st.text("ABC-", min_size=1, max_size=4), max_size=4))
def test_every_discount_code_of_an_order_is_read(codes: list[str]) -> None:
    payload = json.loads((SCHEMAS / "sources/shopify/samples/orders.paid.json").read_text())
    payload["body"]["discount_codes"] = [{"code": code} for code in codes]
    told = list_promo_codes(event_of("shopify", payload).properties)
    assert set(told) == {normalize_promo_code(code) for code in codes}


def test_a_refund_is_in_the_currency_of_its_own_payment() -> None:
    payload = json.loads((SCHEMAS / "sources/shopify/samples/refunds.create.json").read_text())
    payments = payload["body"]["transactions"]
    failed = {"amount": "9.00", "currency": "USD", "kind": "refund", "status": "failure"}
    payload["body"]["transactions"] = [failed, *payments]
    said = event_of("shopify", payload).properties
    assert said["currency"] == payments[0]["currency"]


def test_a_source_that_is_gone_is_a_rejection() -> None:
    assert refusal_of("nobody", {})[1] == "there is no source nobody"


def test_a_broken_schema_is_named_by_field_in_plain_words_without_the_value() -> None:
    data = SIGN_UP["data"]
    without = {name: value for name, value in data.items() if name != "email"}
    assert refusal_of("shop", SIGN_UP | {"data": without}) == ("data.email", "is missing")
    assert refusal_of("shop", SIGN_UP | {"data": data | {"language": "Deutsch"}}) == (
        "data.language",
        'the value does not match "^[a-z]{2}(-[A-Z]{2})?$" (a language tag such as de or de-AT)',
    )
    assert refusal_of("shop", SIGN_UP | {"data": data | {"first_name": 7}}) == (
        "data.first_name",
        'the value is not of types "null", "string" (a first name)',
    )
    assert refusal_of("shop", SIGN_UP | {"created_at": "today"}) == (
        "created_at",
        'the value is not a "date-time" (when it happened)',
    )


def test_a_mapping_that_fails_names_the_canonical_field() -> None:
    changed = {
        "kind": "customer.changed",
        "changed_at": "2026-07-01 09:30:00",
        "zone": "Mars/Olympus",
        "loyalty_number": "L-1",
        "tier": "P",
    }
    assert refusal_of("crm", changed) == (
        "occurred_at",
        "cannot be mapped: is in an unknown time zone",
    )


def test_a_registered_product_tells_the_days_that_come_round() -> None:
    payload = json.loads((SCHEMAS / "sources/registrations/samples/registration.json").read_text())
    event = replace(event_of("registrations", payload), customer_id="c-1")
    told = {one.kind: (one.day, one.properties["item"]) for one in find_occasions(event)}
    assert told == {
        "guarantee_until": ("2028-10-21", "22411"),
        "replace_after": ("2027-02-19", "22411"),
        "end_of_life": ("2031-12-31", "22411"),
    }


def test_a_large_body_is_read_from_its_claim() -> None:
    claimed = replace(delivery("shop", None), claim="shop/sample")
    event = normalize_payload(
        claimed, SOURCES, {"shop/sample": json.dumps(SIGN_UP).encode()}.__getitem__
    )
    assert event == event_of("shop", SIGN_UP)


@pytest.mark.parametrize(
    ("tree", "field", "reason"),
    [
        ({"identities": {"shop": "id"}}, "occurred_at", "is missing"),
        ({"occurred_at": "at", "traits": "id"}, "traits", "is not a group"),
        ({"occurred_at": "at", "colour": {"x": "id"}}, "colour", "is not a group"),
        ({"occurred_at": "id"}, "occurred_at", "is missing"),
        ({"occurred_at": "'soon'"}, "occurred_at", "is not an ISO 8601 time"),
        ({"occurred_at": "at", "identities": {"shop": "id"}}, "identities.shop", "is not a text"),
    ],
)
def test_a_definition_that_makes_no_event_is_refused_not_guessed_at(
    tree: dict[str, Any], field: str, reason: str
) -> None:
    entry = {"type": "page.viewed", "schema": "any", "map": tree}
    data = {"name": "new", "event_type": "'view'", "types": {"view": entry}}
    source = SourceDefinition.from_dict(data)
    with pytest.raises(Rejected, match=reason) as refusal:
        map_payload(
            source, delivery("new", {"id": 7, "at": "2026-11-22T12:00:00Z"}), lambda *_: None
        )
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../sources/shop", "shop/", "/etc", "shop\0", "Shop", "shop\n", "s" * 99],
)
def test_a_name_never_leaves_the_folder(name: str) -> None:
    assert SourceDefinitions(SCHEMAS / "sources")(name) is None


@pytest.mark.parametrize(
    "webhook",
    [
        {"scheme": "trust-me"},
        {"scheme": "hmac"},
        {"scheme": "api-key"},
        {"scheme": "stripe", "header": "x"},
        {"scheme": "hmac", "header": "x", "algorithm": "md5"},
        {"scheme": "twilio", "public_url": "http://hub.example.com/"},
        {"scheme": "twilio", "public_url": "https://hub.example.com/?a=b"},
        {"scheme": "sendgrid", "each": "@", "delivery_id": {"header": "x"}},
        {"scheme": "stripe", "delivery_id": {"header": "x", "body": "id"}},
        {"scheme": "stripe", "delivery_id": {"header": "x"}},
        {"scheme": "shopify", "topic": "x-shopify-topic"},
        {"scheme": "stripe", "answers": {"refused": {"status": 400}}},
        {"scheme": "stripe", "challenge": "trust-me"},
        {"scheme": "stripe", "shared": ["id"]},
        {"scheme": "stripe", "body": "xml", "element": []},
    ],
)
def test_a_webhook_that_makes_no_sense_is_no_definition(webhook: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / "source.schema.json").read_text())
    data = json.loads((SCHEMAS / "sources/stripe/source.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "webhook": webhook}, schema)


@pytest.mark.parametrize(
    "file",
    [
        {"format": "parquet"},
        {"format": "csv"},
        {"format": "csv", "columns": ["a"], "layout": [{"name": "a", "at": 1, "length": 1}]},
        {"format": "csv", "columns": ["a"], "delimiter": ";;"},
        {"format": "csv", "columns": ["a"], "suffixes": ["csv"]},
        {"format": "json", "path": "a", "encoding": "cp1252"},
        {"format": "jsonl", "path": "a"},
        {"format": "xml"},
        {"format": "fixed-width"},
        {"format": "fixed-width", "layout": [{"name": "a", "at": 0, "length": 1}]},
        {"format": "xlsx", "columns": ["a"], "delimiter": ","},
        {"format": "csv", "columns": ["a"], "record_descriptors": True},
        {
            "format": "fixed-width",
            "layout": [{"name": "a", "at": 1, "length": 1}],
            "record_length": 1,
            "record_descriptors": True,
        },
        [],
    ],
)
def test_a_file_that_makes_no_sense_is_no_definition(file: Any) -> None:
    schema = json.loads((SCHEMAS / "source.schema.json").read_text())
    data = json.loads((SCHEMAS / "sources/till/source.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "file": file}, schema)


def test_every_format_of_the_schema_can_be_read_and_every_one_that_can_is_in_it() -> None:
    schema = json.loads((SCHEMAS / "source.schema.json").read_text())
    told = set(schema["$defs"]["file"]["properties"]["format"]["enum"])
    assert told == set(READERS) == set(SUFFIXES)


def test_every_scheme_of_the_schema_is_one_and_every_scheme_is_in_it() -> None:
    schema = json.loads((SCHEMAS / "source.schema.json").read_text())
    assert set(schema["properties"]["webhook"]["properties"]["scheme"]["enum"]) == set(SCHEMES)


def test_every_handshake_of_the_schema_is_one_and_every_one_is_in_it() -> None:
    schema = json.loads((SCHEMAS / "source.schema.json").read_text())
    assert set(schema["properties"]["webhook"]["properties"]["challenge"]["enum"]) == set(METHODS)


def test_every_ids_kind_in_a_mapping_is_known() -> None:
    known = {namespace.name for namespace in load_namespaces(SCHEMAS).namespaces}
    for path in SCHEMAS.glob("sources/*/source.json"):
        source = SOURCES.find(path.parent.name)
        assert source is not None
        for entry in source.types.values():
            assert entry.map["identities"].keys() <= known


def test_definitions_are_read_once() -> None:
    find = SourceDefinitions(SCHEMAS / "sources")
    assert find("shop") is find("shop")


@given(st.sampled_from(sorted({path.parts[-3] for path in SAMPLES})), json_values)
def test_any_json_is_an_event_or_a_rejection(source: str, payload: Any) -> None:
    with pytest.raises(Rejected):
        event_of(source, payload)


@given(st.data())
def test_both_validators_come_to_one_verdict(data: st.DataObject) -> None:
    """But for formats, which the library for people checks only with more libraries."""
    path = data.draw(st.sampled_from(SAMPLES))
    payload = json.loads(path.read_text())
    _spoil(payload, data)
    name = data.draw(st.sampled_from(sorted(path.parents[1].glob("*.schema.json"))))
    slow = jsonschema.Draft202012Validator(json.loads(name.read_text())).is_valid(payload)
    schema = f"{path.parts[-3]}/{name.name.removesuffix('.schema.json')}"
    fast = SOURCES.check(schema, payload)
    assert slow == (fast is None or "date-time" in fast.reason)


def _spoil(payload: Any, data: st.DataObject) -> None:
    keys = sorted(payload)
    key = data.draw(st.sampled_from(keys))
    if isinstance(payload[key], dict) and payload[key] and data.draw(st.booleans()):
        _spoil(payload[key], data)
    else:
        payload[key] = data.draw(json_values)


def test_a_problem_says_where_and_what() -> None:
    check = PayloadValidator(SCHEMAS / "sources")
    assert check("till/sale", {"InvoiceNo": "1"}) == SchemaProblem("StockCode", "is missing")


def test_an_event_too_large_for_the_queue_is_refused_with_its_size() -> None:
    payload = json.loads(json.dumps(SIGN_UP))
    payload["data"]["first_name"] = "x" * 200_001
    field, reason = refusal_of("shop", payload)
    assert (field, "at most 200000" in reason) == ("", True)


def test_an_event_from_the_future_is_refused() -> None:
    field, reason = refusal_of("shop", SIGN_UP | {"created_at": "2026-11-24T12:00:00Z"})
    assert (field, reason) == ("occurred_at", "is more than a day in the future")
