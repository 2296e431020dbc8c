"""The connectors there are, as `schemas/connectors` describes them."""

from pathlib import Path

import orjson

from hub.delivery.domain.connector.definition import Connector, Connectors
from hub.platform.adapters.schema_folder import folder


def connectors(schemas: Path | None = None) -> Connectors:
    """By name, which is the file's."""
    place = (schemas or folder()) / "connectors"
    return {
        path.stem: Connector.from_dict(path.stem, orjson.loads(path.read_bytes()))
        for path in sorted(place.glob("*.json"))
    }
