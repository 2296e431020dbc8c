"""What the streams of the marketers' tables, and of the pointer to the newest catalogue, tell."""

from collections.abc import Mapping
from typing import Any

ROLLBACK_ATTRIBUTE = "roll_back_to"


def has_manual_edits(event: Mapping[str, Any]) -> bool:
    """Whether a marketer changed a row or wishes to roll back: the guard itself only ever writes
    `published`, and the pointer's number.

    Who types a row anew, even the same, takes the note off it. What comes without records is the
    guard's own round, which looks at everything.
    """
    records = event.get("Records")
    return records is None or any(_is_manual(record["dynamodb"]) for record in records)


def find_editors(event: Mapping[str, Any]) -> frozenset[str]:
    """Who made the edits, where the stream says so."""
    identities = (record.get("userIdentity") or {} for record in event.get("Records", ()))
    named = (who.get("principalId") or who.get("type") for who in identities)
    return frozenset(map(str, filter(None, named)))


def _is_manual(record: Mapping[str, Any]) -> bool:
    old, new = record.get("OldImage", {}), record.get("NewImage", {})
    if "name" in record.get("Keys", {}):
        return ROLLBACK_ATTRIBUTE in new
    return not ("published" in new and new == {**old, "published": new["published"]})
