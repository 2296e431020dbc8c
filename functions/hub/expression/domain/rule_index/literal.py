"""A literal: one test of one value, the smallest part of a condition that the index evaluates.

A literal is true or false for every value, missing or of another kind, so its negation is its
complement. For this reason `not` can move down to the literals without a change of the result.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

LiteralKey = str | int | float | bool | tuple[str, str]
_KINDS: Mapping[str, str] = {
    "text": "(type({0}) is str)",
    "number": "(type({0}) in NUMBERS)",
    "scalar": "(type({0}) in SCALARS)",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """One test. `term` is the source of the tested value and `shape` is the test:

    `is`: the value is one of the texts or numbers or the flag in `keys`. `kind`: it is of the kind
    in `keys`. `starts`: it starts with the text. `<`, `<=`, `>`, `>=`: it compares with the number.
    `state`: the (dialogue, state) is reached.
    """

    term: str
    shape: str
    keys: tuple[LiteralKey, ...]
    negated: bool = False

    def write_source(self) -> str:
        """Writes the literal as code, for rows whose tables cannot hold it."""
        positive = _SOURCES.get(self.shape, _write_bound)(self)
        return f"(not {positive})" if self.negated else positive


def _write_equality(literal: Literal) -> str:
    key, among = literal.keys[0], ", ".join(map(repr, literal.keys))
    if isinstance(key, bool):
        return f"({literal.term} is {key})"
    kind = "is str" if isinstance(key, str) else "in NUMBERS"
    return f"(type(v := {literal.term}) {kind} and v in {{{among}}})"


def _write_kind(literal: Literal) -> str:
    return _KINDS[str(literal.keys[0])].format(literal.term)


def _write_prefix(literal: Literal) -> str:
    return f"starts_with({literal.term}, {literal.keys[0]!r})"


def _write_state(literal: Literal) -> str:
    strategy, state = to_str_pair(literal.keys[0])
    return f"({literal.term}.get({strategy!r}, {{}}).get('state') == {state!r})"


def _write_bound(literal: Literal) -> str:
    return f"(type(v := {literal.term}) in NUMBERS and v {literal.shape} {literal.keys[0]!r})"


_SOURCES: Mapping[str, Callable[[Literal], str]] = {
    "is": _write_equality,
    "kind": _write_kind,
    "starts": _write_prefix,
    "state": _write_state,
}


def to_str_pair(key: LiteralKey) -> tuple[str, str]:
    """Reads the key of a `state` literal: (strategy, state)."""
    return cast("tuple[str, str]", key)
