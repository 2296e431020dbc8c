"""`make schemas`: writes into `schemas/` what follows from the code, and the tables of its READMEs.

Whoever adds a channel, a verb, a kind of policy or a signature scheme changes the code alone.
Members that are not listed here are written by hand and stay as they are; nothing is ever removed
but from a list that is generated as a whole.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.catalogue.domain.policy import POLICY_TYPES, Policy
from hub.catalogue.domain.verbs.json_schema import build_verb_schema
from hub.intake.domain.signature import SCHEMES
from hub.model.channels import (
    CHANNELS,
    INBOUND_CHANNELS,
    LONGEST_TEXT,
    OUTBOUND_CHANNELS,
    Channel,
    Part,
)
from tools.json_text import format_json
from tools.schema_tables import fill_tables

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
Schema = dict[str, Any]
EVERY_POLICY = ("policy_id", "kind", "status", "edited_by", "note")


def update_rules(schema: Schema) -> None:
    definitions = schema["$defs"]
    _, listed = definitions["channels"]["oneOf"]
    listed["items"]["enum"] = list(OUTBOUND_CHANNELS)
    definitions["verb"] = build_verb_schema()


def update_templates(schema: Schema, channels: Mapping[str, Channel] = CHANNELS) -> None:
    bodies = {name: _build_body(channel) for name, channel in channels.items()}
    schema["properties"] = insert(bodies, schema["properties"])


def update_customer(schema: Schema, channels: Mapping[str, Channel] = CHANNELS) -> None:
    """The fields in which customers give their addresses."""
    for block in ("contact", "place"):
        fields = {
            channel.address.field: {"type": "string", "description": channel.address.description}
            for channel in channels.values()
            if channel.address and channel.address.block == block
        }
        known = schema["properties"][block]
        known["properties"] = insert(fields, known["properties"])


def update_source(schema: Schema) -> None:
    webhook = schema["properties"]["webhook"]
    webhook["properties"]["scheme"]["enum"] = list(SCHEMES)
    signing = [scheme.name for scheme in SCHEMES.values() if "body" in scheme.covers]
    webhook["allOf"][-1]["if"]["properties"]["scheme"]["enum"] = signing


def update_policies(schema: Schema) -> None:
    schema["properties"]["kind"]["enum"] = [policy.KIND for policy in POLICY_TYPES]
    schema["allOf"] = [_build_policy_case(policy) for policy in POLICY_TYPES]


def update_http_bodies(bodies: Schema) -> None:
    """The channels in the bodies of HTTP requests."""
    bodies["OfferQuestion"]["properties"]["channel"]["enum"] = list(INBOUND_CHANNELS)
    bodies["BlockQuestion"]["properties"]["channel"]["enum"] = list(CHANNELS)


UPDATES: Mapping[str, Callable[[Schema], None]] = {
    "catalogue/policies.schema.json": update_policies,
    "catalogue/rules.schema.json": update_rules,
    "catalogue/templates.schema.json": update_templates,
    "customer.schema.json": update_customer,
    "http/bodies.json": update_http_bodies,
    "source.schema.json": update_source,
}


def insert(generated: Mapping[str, Any], members: Mapping[str, Any]) -> Schema:
    """The members with those that are generated, together, where the first of them stood."""
    names = list(members)
    place = next((at for at, name in enumerate(names) if name in generated), len(names))
    others = {name: member for name, member in members.items() if name not in generated}
    head, tail = list(others.items())[:place], list(others.items())[place:]
    return {**dict(head), **generated, **dict(tail)}


def _build_body(channel: Channel) -> Schema:
    if channel.parts == (Part("text"),):
        return {"$ref": "#/$defs/text_by_language"}
    return {
        "type": "object",
        "propertyNames": {"$ref": "#/$defs/language"},
        "additionalProperties": {
            "type": "object",
            "required": [part.name for part in channel.parts if part.required],
            "additionalProperties": False,
            "properties": {part.name: _build_part(part) for part in channel.parts},
        },
    }


def _build_part(part: Part) -> Schema:
    if part.longest == LONGEST_TEXT:
        return {"$ref": "#/$defs/body"}
    return {"type": "string", "minLength": 1, "maxLength": part.longest}


def _build_policy_case(policy: type[Policy]) -> Schema:
    rows: Schema = {
        "additionalProperties": False,
        "properties": {**dict.fromkeys(EVERY_POLICY, True), **policy.SCHEMA["properties"]},
    }
    if required := policy.SCHEMA.get("required"):
        rows["required"] = required
    return {"if": {"properties": {"kind": {"const": policy.KIND}}}, "then": rows}


def render_all() -> Iterator[tuple[Path, str, str]]:
    """Each file, as it is and as it is to be."""
    for name, update in UPDATES.items():
        path = SCHEMAS / name
        before = path.read_text("utf-8")
        schema = json.loads(before)
        update(schema)
        yield path, before, format_json(schema, before)
    for path in (SCHEMAS / "connectors" / "README.md", SCHEMAS / "sources" / "README.md"):
        before = path.read_text("utf-8")
        yield path, before, fill_tables(before, SCHEMAS)


def main() -> None:
    for path, before, after in render_all():
        if before != after:
            path.write_text(after, "utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
