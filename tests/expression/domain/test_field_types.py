"""Typed fields from JSON Schemas, and durations as marketers write them."""

from datetime import timedelta

import pytest

from hub.expression.domain.field_types import ANY, FieldKind, FieldTypes, build_field_types
from hub.kernel.duration import parse_duration

SCHEMA = {
    "$defs": {"money": {"type": "integer"}},
    "properties": {
        "net": {"$ref": "#/$defs/money"},
        "lost": {"$ref": "#/$defs/nowhere"},
        "born": {"type": "string", "format": "date"},
        "size": {"type": "string", "enum": ["S", "M", None]},
        "code": {"type": ["string", "null"]},
        "mixed": {"type": ["string", "integer"]},
        "open": {"type": "object"},
        "closed": {"type": "object", "properties": {"flag": {"type": "boolean"}}},
        "by_name": {"type": "object", "additionalProperties": {"type": "number"}},
        "wild": True,
    },
}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("net", FieldKind.NUMBER),
        ("lost", FieldKind.ANY),
        ("born", FieldKind.MOMENT),
        ("size", FieldKind.TEXT),
        ("code", FieldKind.TEXT),
        ("mixed", FieldKind.ANY),
        ("wild", FieldKind.ANY),
        ("open.whatever.below", FieldKind.ANY),
        ("closed", FieldKind.BLOCK),
        ("closed.flag", FieldKind.FLAG),
        ("by_name.anything", FieldKind.NUMBER),
    ],
)
def test_a_field_has_the_kind_its_schema_says(path: str, kind: FieldKind) -> None:
    field = build_field_types(SCHEMA, {}, {}).customer
    for name in path.split("."):
        member = field.member(name)
        assert member is not None
        field = member
    assert field.kind is kind


def test_a_name_the_schema_lacks_does_not_exist() -> None:
    customer = build_field_types(SCHEMA, {}, {}).customer
    closed = customer.member("closed")
    assert customer.member("nett") is None
    assert closed is not None
    assert closed.member("flaag") is None


def test_only_texts_of_an_enumeration_are_values() -> None:
    size = build_field_types(SCHEMA, {}, {}).customer.member("size")
    assert size is not None
    assert size.values == ("S", "M")


def test_surroundings_have_their_kinds_and_any_name_below() -> None:
    stock = {"additionalProperties": {"properties": {"available": {"type": "integer"}}}}
    schema = {"properties": {"stock": {"type": "object", **stock}}}
    field = build_field_types({}, {}, schema).roots()["surroundings"]
    assert field.member("queues") is None
    anything = FieldTypes().roots()["surroundings"]
    assert anything.member("queues") is ANY
    assert anything.member("learned") is None
    for name in ("stock", "SKU-7", "available"):
        member = field.member(name)
        assert member is not None
        field = member
    assert field.kind is FieldKind.NUMBER


def test_an_event_type_without_a_schema_holds_anything() -> None:
    fields = build_field_types({}, {"a.b": SCHEMA}, {})
    assert fields.for_event("x.y").properties is ANY
    assert fields.for_event("a.b").properties.kind is FieldKind.BLOCK
    assert FieldTypes().for_event("a.b").properties is ANY


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("20s", timedelta(seconds=20)),
        ("90m", timedelta(minutes=90)),
        (" 2h ", timedelta(hours=2)),
        ("3 d", timedelta(days=3)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "h", "2", "2y", "-2h", "0s", "1.5h", "99999999w", "٣d", 7, None]
)
def test_anything_else_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_duration(text)
