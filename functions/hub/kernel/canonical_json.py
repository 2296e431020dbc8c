"""The one JSON text of a value: what is compared and named by content is written this way."""

import json
from typing import Any


def to_canonical_json(value: Any) -> str:
    """Keys sorted, no blanks, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
