"""The rules of merging. Apart from `namespaces`: who only merges carries no phone numbers."""

from pathlib import Path

import orjson

from hub.identity.domain.merge_rules import MergeRules


def load_merge_rules(schemas: Path) -> MergeRules:
    """The limits and the dialogues' rule in `identity.json`."""
    return MergeRules.from_dict(orjson.loads((schemas / "identity.json").read_bytes()))
