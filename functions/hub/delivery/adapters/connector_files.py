"""Reads the connectors from the files of `schemas/connectors`."""

from pathlib import Path

import orjson

from hub.delivery.domain.connector.definition import Connector, Connectors
from hub.platform.adapters.schema_folder import find_schemas_folder


def load_connectors(schemas: Path | None = None) -> Connectors:
    """Reads all connectors, by the name of their file."""
    folder = (schemas or find_schemas_folder()) / "connectors"
    return {
        path.stem: Connector.from_dict(path.stem, orjson.loads(path.read_bytes()))
        for path in sorted(folder.glob("*.json"))
    }
