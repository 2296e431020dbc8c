"""Builds the index of the rules of one event type, as plain data that can be stored."""

import marshal
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from hub.expression.domain.compile import code_of
from hub.expression.domain.rule_index.bitsets import bits_of, numbers_packed, packed
from hub.expression.domain.rule_index.literal import Literal
from hub.expression.domain.rule_index.lookup_tables import Posted, plain_table
from hub.expression.domain.rule_index.normal_form import Row, alternatives
from hub.expression.domain.tree import Node

MAX_TERMS = 128
"""A term that fewer rules than this look at is cheaper to look at in those rules."""
SHARED_BY = 3
_DIALOGUES = "customer.dialogues"

Condition = tuple[str, str, Node | None]
"""A rule's strategy, the state it wants (empty: any) and its condition (None: everybody)."""


def plain_index(conditions: Iterable[Condition]) -> dict[str, Any]:
    """Rules by their place in `conditions`. A row is one alternative of one of them."""
    rows, owners = list[Row](), list[int]()
    for owner, condition in enumerate(conditions):
        for row in _rows(*condition):
            rows.append(row)
            owners.append(owner)
    terms = _shared_terms(rows)
    posted, rests = _posted(rows, terms)
    return {
        "owners": numbers_packed(owners),
        "rests": rests,
        "terms": [_plain_term(term, posted.get(term, {}), len(rows)) for term in terms],
    }


def _rows(strategy: str, in_state: str, when: Node | None) -> list[Row]:
    state = (Literal(_DIALOGUES, "state", ((strategy, in_state),)),) if in_state else ()
    return [(*state, *row) for row in (alternatives(when) if when else [()])]


def _shared_terms(rows: Sequence[Row]) -> list[str]:
    """The terms worth looking at once for all rules, the most wanted first."""
    wanted = Counter(term for row in rows for term in dict.fromkeys(one.term for one in row))
    least = SHARED_BY if len(rows) > MAX_TERMS else 1
    return [term for term, times in wanted.most_common(MAX_TERMS) if times >= least]


Shapes = dict[tuple[str, bool], Posted]


def _posted(
    rows: Sequence[Row], terms: Sequence[str]
) -> tuple[dict[str, Shapes], list[bytes | None]]:
    """Which literal goes into which table, and the code of those that find no place."""
    posted: dict[str, Shapes] = {term: {} for term in terms}
    rests: list[bytes | None] = []
    for at, row in enumerate(rows):
        taken: set[tuple[str, str]] = set()
        rest = [one for one in row if not _has_place(one, taken, posted)]
        for literal in row:
            if literal not in rest:
                shapes = posted[literal.term]
                shapes.setdefault((literal.shape, literal.negated), []).append((literal, at))
        rests.append(_code(rest) if rest else None)
    return posted, rests


def _has_place(literal: Literal, taken: set[tuple[str, str]], posted: dict[str, Shapes]) -> bool:
    """A table says "one of these holds": of literals that must all hold it takes one a row, of
    those none of which may hold any number."""
    if literal.term not in posted:
        return False
    if literal.negated:
        return True
    place = (literal.term, literal.shape)
    if place in taken:
        return False
    taken.add(place)
    return True


def _code(rest: Sequence[Literal]) -> bytes:
    return marshal.dumps(code_of(" and ".join(literal.source() for literal in rest)))


def _plain_term(term: str, shapes: Shapes, size: int) -> dict[str, Any]:
    tables = [
        {
            "shape": shape,
            "negated": negated,
            "asked": packed(bits_of((row for _, row in posted), size)),
            "data": plain_table(shape, posted, size),
        }
        for (shape, negated), posted in shapes.items()
    ]
    return {"code": code_of(term), "tables": tables}
