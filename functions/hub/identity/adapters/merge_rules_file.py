"""Reads the rules of merging from `schemas/identity.json`.

It is a module of its own because `namespaces_file` imports the phone number library.
"""

from pathlib import Path

import orjson

from hub.identity.domain.merge_rules import MergeRules


def load_merge_rules(schemas: Path) -> MergeRules:
    """Loads the rules of merging."""
    return MergeRules.from_dict(orjson.loads((schemas / "identity.json").read_bytes()))
