"""The kinds of keys. Apart from `schemas`: who only reads sources carries no phone numbers."""

from pathlib import Path

import orjson

from hub.identity.domain.identity_keys import Namespaces


def load_namespaces(schemas: Path) -> Namespaces:
    """The kinds of keys in `identity.json`."""
    return Namespaces.from_dict(orjson.loads((schemas / "identity.json").read_bytes()))
