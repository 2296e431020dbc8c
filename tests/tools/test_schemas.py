"""What `make schemas` writes is in the files, and nothing else of them moves."""

import json
from typing import Any

from hub.model.channels import CHANNELS, Address, Channel
from tools.json_text import WIDTH, format_json
from tools.schemas import SCHEMAS, insert, render_all, update_customer, update_templates


def read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return schema


def test_the_files_say_what_follows_from_the_code() -> None:
    stale = [str(path) for path, before, after in render_all() if before != after]
    assert stale == [], "run `make schemas`"


def test_a_new_channel_is_in_the_schemas_of_templates_and_customers() -> None:
    pigeon = Channel(name="pigeon", address=Address("loft", "Where their pigeons live"))
    templates, customer = (read(name) for name in ("catalogue/templates", "customer"))
    update_templates(templates, {**CHANNELS, "pigeon": pigeon})
    update_customer(customer, {**CHANNELS, "pigeon": pigeon})
    assert templates["properties"]["pigeon"] == {"$ref": "#/$defs/text_by_language"}
    contact = customer["properties"]["contact"]["properties"]
    assert contact["loft"] == {"type": "string", "description": "Where their pigeons live"}


def test_generated_members_stay_together_in_their_place() -> None:
    members = {"before": 1, "email": 2, "after": 3}
    assert list(insert({"email": 2, "fax": 4}, members).items()) == [
        ("before", 1),
        ("email", 2),
        ("fax", 4),
        ("after", 3),
    ]


def test_names_fill_lines_and_all_of_them_stay() -> None:
    names = [f"a_name_of_some_length_{number}" for number in range(12)]
    text = format_json({"enum": names}, "{}")
    assert json.loads(text) == {"enum": names}
    assert max(map(len, text.splitlines())) <= WIDTH
    assert len(text.splitlines()) < len(names)


def test_every_connector_says_what_its_secret_has() -> None:
    connectors = sorted((SCHEMAS / "connectors").glob("*.json"))
    assert [
        path.stem for path in connectors if not json.loads(path.read_text()).get("secret")
    ] == []
