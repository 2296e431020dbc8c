"""Reads the namespaces of keys from `schemas/identity.json`.

It is a module of its own because it imports the phone number library, which takes long to load.
"""

from pathlib import Path

import orjson

from hub.identity.domain.identity_keys import Namespaces


def load_namespaces(schemas: Path) -> Namespaces:
    """Loads the namespaces."""
    return Namespaces.from_dict(orjson.loads((schemas / "identity.json").read_bytes()))
