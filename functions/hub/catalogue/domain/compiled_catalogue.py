"""Compiled catalogues: the publisher compiles the rules, so that `decide` need not.

A compiled catalogue holds code objects. Only the same version of Python and the same release of the
hub may load them, so its name in the store is made of both.
"""

import marshal
from collections.abc import Mapping
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue, read_rules
from hub.catalogue.domain.rule_book import RuleBook, compile_rule_book, group_by_event_type


def compile_catalogue(snapshot: Mapping[str, Any]) -> bytes:
    """Indexes and compiles the rules of a snapshot. The stories are left out, since no decision
    reads them; all other rows stay as they are."""
    rules, unreadable = read_rules(snapshot["rows"].get("rules", {}))
    books = {event: compile_rule_book(book) for event, book in group_by_event_type(rules).items()}
    other_rows = {
        table: rows for table, rows in snapshot["rows"].items() if table not in ("rules", "stories")
    }
    rest = {"number": snapshot["number"], "rows": other_rows, "html": snapshot.get("html", {})}
    return marshal.dumps({"snapshot": rest, "books": books, "unreadable": unreadable})


def load_compiled_catalogue(artifact: bytes) -> Catalogue | None:
    """Loads what `compile_catalogue` made. Returns None for any other bytes."""
    try:
        compiled = marshal.loads(artifact)  # noqa: S302 our own, by name and bucket
        books = {event: RuleBook(book) for event, book in compiled["books"].items()}
        return Catalogue.from_parts(compiled["snapshot"], books, compiled["unreadable"])
    except (EOFError, KeyError, TypeError, ValueError):
        return None
