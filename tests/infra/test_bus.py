"""The registry has the schema of every record on the bus, for subscribers."""

import json
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from hub.messaging.domain import bus_records
from hub.model.inbound_payload import InboundPayload
from infra import ROOT
from infra.base import bus_records as infra_bus_records
from tests.factories import NOON
from tests.in_memory import InMemoryHub
from tests.infra.template_reader import Template, of_type, referred

KINDS = {bus_records.EVENT, bus_records.DECISION, bus_records.OUTCOME}


@pytest.fixture(scope="module")
def published() -> list[dict[str, Any]]:
    """What is on the bus once somebody has signed up and complained."""
    hub = InMemoryHub()
    for number, sample in enumerate(("shop/customer.created", "care/complaint.opened")):
        source, name = sample.split("/")
        payload = json.loads((ROOT / f"schemas/sources/{source}/samples/{name}.json").read_text())
        hub.push(
            InboundPayload(
                id=f"d-{number}",
                source=source,
                received_at=NOON,
                correlation_id=f"k-{number}",
                payload=payload,
            )
        )
    return [
        {"source": kind, "detail-type": detail.get("type", ""), "detail": detail}
        for kind, detail in json.loads(json.dumps(hub.bus.published))
    ]


def test_infra_and_the_hub_name_the_kinds_of_record_alike() -> None:
    def kinds(module: ModuleType) -> dict[str, str]:
        return {name: value for name, value in vars(module).items() if name.isupper()}

    of_hub, of_infra = kinds(bus_records), kinds(infra_bus_records)
    prefix = of_infra.pop("PREFIX")
    assert of_infra == of_hub
    assert all(source.startswith(prefix) for source in of_hub.values())


def registered(template: Template) -> dict[str, Any]:
    schemas = of_type(template, "AWS::EventSchemas::Schema").values()
    return {schema["SchemaName"]: json.loads(schema["Content"]) for schema in schemas}


def test_every_record_is_as_the_registry_says(
    template: Template, published: list[dict[str, Any]]
) -> None:
    schemas = registered(template)
    assert {record["source"] for record in published} == schemas.keys() == KINDS
    for record in published:
        jsonschema.validate(record, schemas[record["source"]], jsonschema.Draft4Validator)


@pytest.mark.parametrize("lost", ["id", "correlation_id", "type", "event_type"])
def test_a_record_without_a_promised_field_is_refused(
    template: Template, published: list[dict[str, Any]], lost: str
) -> None:
    schemas = registered(template)
    for record in published:
        if lost in record["detail"]:
            detail = {name: value for name, value in record["detail"].items() if name != lost}
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({**record, "detail": detail}, schemas[record["source"]])


def test_the_schemas_are_of_the_draft_that_registries_take(template: Template) -> None:
    [registry] = of_type(template, "AWS::EventSchemas::Registry")
    for schema in of_type(template, "AWS::EventSchemas::Schema").values():
        assert schema["Type"] == "JSONSchemaDraft4"
        assert referred(schema["RegistryName"]) == registry
        jsonschema.Draft4Validator.check_schema(json.loads(schema["Content"]))
        assert '"const"' not in schema["Content"]
