"""The smallest question that the index can answer of a rule: one test of one value.

A literal is exactly true or false of whatever value it meets, missing or of an odd kind, so its
negation is its complement. That is what lets `not` be pushed down to it without a change of
verdict.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

LiteralKey = str | int | float | bool | tuple[str, str]
_KINDS: Mapping[str, str] = {
    "text": "(type({0}) is str)",
    "number": "(type({0}) in NUMBERS)",
    "scalar": "(type({0}) in SCALARS)",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """`term` is the source of the value looked at and `shape` what is asked of it:

    `is` one of the texts, one of the numbers or the flag in `keys`; `kind` the kind named there;
    `starts` with the text; `<`, `<=`, `>`, `>=` the number; `state` (dialogue, state) reached.
    """

    term: str
    shape: str
    keys: tuple[LiteralKey, ...]
    negated: bool = False

    def write_source(self) -> str:
        """The literal as code of its own, for rules in which the index has no place for it."""
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


def to_str_pair(key: Any) -> tuple[str, str]:
    strategy, state = key
    return strategy, state
