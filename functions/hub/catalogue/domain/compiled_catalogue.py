"""A catalogue prebuilt by the guard, so that `decide` loads what it would otherwise compile.

It holds code objects, which only the same version of Python and the same release of the hub may
load: whoever stores it keeps it under a name made of both.
"""

import marshal
from collections.abc import Mapping
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue, read_rules
from hub.catalogue.domain.rule_book import RuleBook, compile_rule_book, group_by_event_type


def compile_catalogue(snapshot: Mapping[str, Any]) -> bytes:
    """The snapshot with its rules indexed and compiled, and without the stories, which decide
    nothing; all else stays as it is."""
    found, unreadable = read_rules(snapshot["rows"].get("rules", {}))
    books = {event: compile_rule_book(book) for event, book in group_by_event_type(found).items()}
    apart = ("rules", "stories")
    rest = {table: rows for table, rows in snapshot["rows"].items() if table not in apart}
    facts = {"number": snapshot["number"], "rows": rest, "html": snapshot.get("html", {})}
    return marshal.dumps({"snapshot": facts, "books": books, "unreadable": unreadable})


def load_compiled_catalogue(artifact: bytes) -> Catalogue | None:
    """None for bytes that are not an artifact of this release."""
    try:
        plain = marshal.loads(artifact)  # noqa: S302 our own, by name and bucket
        books = {event: RuleBook(book) for event, book in plain["books"].items()}
        return Catalogue.from_parts(plain["snapshot"], books, plain["unreadable"])
    except (EOFError, KeyError, TypeError, ValueError):
        return None
