"""Compiled catalogues: the publisher compiles the rules, so that `decide` need not.

A compiled catalogue holds code objects. Only the same version of Python and the same release of the
hub may load them, so its name in the store is made of both.
"""

import marshal
from collections.abc import Mapping
from typing import Any, NamedTuple

from hub.catalogue.domain.catalogue import Catalogue, read_rules
from hub.catalogue.domain.rule_book import RuleBook, compile_rule_books


class CompiledCatalogue(NamedTuple):
    """`artifact` is what `load_compiled_catalogue` loads. `unreadable` is `rules/<key>` -> reason,
    for the rules that are not in it."""

    artifact: bytes
    unreadable: Mapping[str, str]


def compile_catalogue(snapshot: Mapping[str, Any]) -> bytes:
    """Compiles a snapshot; see `compile_with_reasons`."""
    return compile_with_reasons(snapshot).artifact


def compile_with_reasons(snapshot: Mapping[str, Any]) -> CompiledCatalogue:
    """Indexes and compiles the rules of a snapshot. The stories are left out, since no decision
    reads them; all other rows stay as they are."""
    rules, unreadable = read_rules(snapshot["rows"].get("rules", {}))
    compiled = compile_rule_books(rules, unreadable)
    books = {event: book for event, (book, _) in compiled.items()}
    other_rows = {
        table: rows for table, rows in snapshot["rows"].items() if table not in ("rules", "stories")
    }
    rest = {"number": snapshot["number"], "rows": other_rows, "html": snapshot.get("html", {})}
    parts = {"snapshot": rest, "books": books, "unreadable": unreadable}
    return CompiledCatalogue(marshal.dumps(parts), unreadable)


def load_compiled_catalogue(artifact: bytes) -> Catalogue | None:
    """Loads what `compile_catalogue` made. Returns None for any other bytes."""
    try:
        compiled = marshal.loads(artifact)  # noqa: S302 our own, by name and bucket
        books = {event: RuleBook(book) for event, book in compiled["books"].items()}
        return Catalogue.from_parts(compiled["snapshot"], books, compiled["unreadable"])
    except (EOFError, KeyError, TypeError, ValueError):
        return None
