"""The canonical JSON text of a value, for comparisons and for names made of content."""

import json


def to_canonical_json(value: object) -> str:
    """Writes JSON with sorted keys, without blanks and without escaped characters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
