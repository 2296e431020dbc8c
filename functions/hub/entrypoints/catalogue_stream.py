"""Reads the streams of the marketers' tables and of the pointer to the newest catalogue."""

from hub.kernel.json_types import JsonObject

ROLLBACK_ATTRIBUTE = "roll_back_to"


def has_manual_edits(event: JsonObject) -> bool:
    """Whether a marketer changed a row or asked for a rollback.

    The publisher itself writes only `published` and the number of the pointer. A marketer who
    writes a row again, even unchanged, removes its `published`. An event without records is the
    publisher's schedule, which checks all rows.
    """
    records = event.get("Records")
    return records is None or any(_is_manual(record["dynamodb"]) for record in records)


def find_editors(event: JsonObject) -> frozenset[str]:
    """The names of those who made the edits, if the stream has them."""
    identities = (record.get("userIdentity") or {} for record in event.get("Records", ()))
    names = (identity.get("principalId") or identity.get("type") for identity in identities)
    return frozenset(map(str, filter(None, names)))


def _is_manual(record: JsonObject) -> bool:
    old, new = record.get("OldImage", {}), record.get("NewImage", {})
    if "name" in record.get("Keys", {}):
        return ROLLBACK_ATTRIBUTE in new
    return not ("published" in new and new == {**old, "published": new["published"]})
