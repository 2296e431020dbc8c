"""Builds the index of the rules of one event type, as plain data that can be stored."""

import marshal
from collections import Counter
from collections.abc import Iterable, Sequence
from types import CodeType
from typing import TypedDict

from hub.expression.domain.compile import compile_source
from hub.expression.domain.rule_index.bitsets import pack_bits, pack_numbers, to_bits
from hub.expression.domain.rule_index.literal import Literal
from hub.expression.domain.rule_index.lookup_tables import Postings, TableData, build_plain_table
from hub.expression.domain.rule_index.normal_form import Conjunction, to_normal_form
from hub.expression.domain.tree import Node

MAX_TERMS = 128
MIN_SHARED_BY = 3
"""A term that fewer rows read is cheaper to read in those rows."""
_DIALOGUES = "customer.dialogues"

RuleCondition = tuple[str, str, Node | None]
"""A rule's strategy, the state that it requires (empty: any) and its condition (None: always true).
"""


class PlainTable(TypedDict):
    """One lookup table; `asked` are the rows that it tests, as packed bits."""

    shape: str
    negated: bool
    asked: bytes
    data: TableData


class PlainTerm(TypedDict):
    """One value that rows read, by the code that reads it."""

    code: CodeType
    tables: list[PlainTable]


class PlainIndex(TypedDict):
    """`owners` is the rule of each row, packed; `rests` the code of each row that fits no table."""

    owners: bytes
    rests: list[bytes | None]
    terms: list[PlainTerm]


def build_plain_index(conditions: Iterable[RuleCondition]) -> PlainIndex:
    """Builds the index of rules, each known by its position in `conditions`.

    A row is one alternative of one condition."""
    rows, owners = list[Conjunction](), list[int]()
    for owner, condition in enumerate(conditions):
        for row in _build_rows(*condition):
            rows.append(row)
            owners.append(owner)
    terms = _select_shared_terms(rows)
    posted, rests = _post_literals(rows, terms)
    return {
        "owners": pack_numbers(owners),
        "rests": rests,
        "terms": [_build_plain_term(term, posted.get(term, {}), len(rows)) for term in terms],
    }


def _build_rows(strategy: str, in_state: str, when: Node | None) -> list[Conjunction]:
    state = (Literal(_DIALOGUES, "state", ((strategy, in_state),)),) if in_state else ()
    return [(*state, *row) for row in (to_normal_form(when) if when else [()])]


def _select_shared_terms(rows: Sequence[Conjunction]) -> list[str]:
    """Selects the terms that are worth reading once for all rules, the most used first."""
    uses = Counter(term for row in rows for term in dict.fromkeys(literal.term for literal in row))
    least = MIN_SHARED_BY if len(rows) > MAX_TERMS else 1
    return [term for term, times in uses.most_common(MAX_TERMS) if times >= least]


PostingsByShape = dict[tuple[str, bool], Postings]


def _post_literals(
    rows: Sequence[Conjunction], terms: Sequence[str]
) -> tuple[dict[str, PostingsByShape], list[bytes | None]]:
    """Assigns literals to tables. Also returns, for each row, the code of those that fit none."""
    posted: dict[str, PostingsByShape] = {term: {} for term in terms}
    rests: list[bytes | None] = []
    for at, row in enumerate(rows):
        taken: set[tuple[str, str]] = set()
        rest = [literal for literal in row if not _has_place(literal, taken, posted)]
        for literal in row:
            if literal not in rest:
                shapes = posted[literal.term]
                shapes.setdefault((literal.shape, literal.negated), []).append((literal, at))
        rests.append(_compile_rest(rest) if rest else None)
    return posted, rests


def _has_place(
    literal: Literal, taken: set[tuple[str, str]], posted: dict[str, PostingsByShape]
) -> bool:
    """Whether a table can hold the literal.

    A table answers "one of these holds". So it takes only one literal a row of those that must all
    hold, and any number of negated ones, of which none may hold."""
    if literal.term not in posted:
        return False
    if literal.negated:
        return True
    place = (literal.term, literal.shape)
    if place in taken:
        return False
    taken.add(place)
    return True


def _compile_rest(rest: Sequence[Literal]) -> bytes:
    return marshal.dumps(compile_source(" and ".join(literal.write_source() for literal in rest)))


def _build_plain_term(term: str, shapes: PostingsByShape, size: int) -> PlainTerm:
    tables: list[PlainTable] = [
        {
            "shape": shape,
            "negated": negated,
            "asked": pack_bits(to_bits((row for _, row in posted), size)),
            "data": build_plain_table(shape, posted, size),
        }
        for (shape, negated), posted in shapes.items()
    ]
    return {"code": compile_source(term), "tables": tables}
