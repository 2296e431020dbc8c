"""The connectors there are, as `schemas/connectors` describes them."""

from pathlib import Path

import orjson

from hub.delivery.domain.connector.definition import Connector, Connectors
from hub.platform.adapters.schema_folder import find_schemas_folder


def load_connectors(schemas: Path | None = None) -> Connectors:
    """By name, which is the file's."""
    place = (schemas or find_schemas_folder()) / "connectors"
    return {
        path.stem: Connector.from_dict(path.stem, orjson.loads(path.read_bytes()))
        for path in sorted(place.glob("*.json"))
    }
