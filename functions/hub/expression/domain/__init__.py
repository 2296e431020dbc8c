"""The condition language: how marketers write conditions of rules, offers, policies and audiences.

    event.total >= 2000 and customer.loyalty.tier in ['gold', 'platinum']
    and not seen('email.sent', days=7) and known(customer.contact.email)
    and free_slots('retention') > 5 and sum('order.completed', 'EUR', days=90) < 50000

It is a safe subset of Python's expressions. The publisher checks a condition against the typed
fields (`hub.expression.domain.field_types`); the hub compiles it to Python code. The language has
fields of `event`, `customer` and `surroundings`, `now`, comparisons and chains of them, `and`,
`or`, `not`, `in`, `not in`, texts, numbers, lists and the functions of
`hub.expression.domain.functions`. `event.total` is short for `event.properties.total`. A name that
is not a plain word is written in brackets: `surroundings.stock['SKU-7'].available`.

Missing values
- A field is missing if it is absent or null. A comparison with a missing value is false, also with
  `!=` and `not in`. `not` negates the result: for a customer without a tier,
  `not customer.loyalty.tier == 'gold'` is true and `customer.loyalty.tier != 'gold'` is false.
  `known(...)` asks whether a value is there.
- Functions of texts, dates and places return a missing value, or false, for a missing one. `count`
  and `sum` return 0 if there was no such event; `since` returns a missing value. The stock of an
  unknown product and the free slots of an unknown queue are missing. An unknown promotion is not
  active.

Kinds
- Numbers compare with numbers, texts with texts, and true and false with each other. Any other pair
  is false at run time, and a problem at publication if the kinds are known then. True is not 1.
- A text written as a date (`'2026-11-22'`, `'2026-11-22T09:30:00Z'`) compares as a moment; a date
  is its first instant in UTC. A field that then holds no date counts as missing. `now` and the
  event's times are moments.
- `in` looks for one value in a list or for a part in a text. A field alone is a clause if it is
  true or false.
"""

from dataclasses import dataclass, field
from functools import cached_property

from hub.expression.domain.check import check
from hub.expression.domain.compile import CompiledNode, compile_node
from hub.expression.domain.explain import ExplainedClause, FalseClause, explain_clauses
from hub.expression.domain.field_types import FieldTypes
from hub.expression.domain.parse import parse
from hub.expression.domain.problems import ExpressionError, Problem
from hub.expression.domain.scope import Scope
from hub.expression.domain.tree import Node

__all__ = ["Expression", "ExpressionError", "FalseClause", "Problem", "Scope", "compile_expression"]


@dataclass(frozen=True)
class Expression:
    """A condition, compiled when it is first evaluated. Two are equal if their texts are."""

    text: str
    tree: Node = field(compare=False, repr=False)

    def matches(self, scope: Scope) -> bool:
        """Whether the condition holds."""
        return self._compiled_tree(*scope) is True

    def find_false_clause(self, scope: Scope) -> FalseClause | None:
        """Finds the first false clause of the outermost `and`; None if the expression holds."""
        for clause in self._clauses:
            if not clause.test(*scope):
                return FalseClause(clause.text, clause.describe_values(scope))
        return None

    @cached_property
    def _compiled_tree(self) -> CompiledNode:
        return compile_node(self.tree, clause=True)

    @cached_property
    def _clauses(self) -> tuple[ExplainedClause, ...]:
        return explain_clauses(self.tree, self.text)


def compile_expression(text: str, fields: FieldTypes) -> Expression:
    """Parses `text` and checks it against `fields`.

    `fields.for_event(type)` has the properties of the event that a rule waits for. Raises
    `ExpressionError` with every problem."""
    tree = parse(text)
    if problems := check(tree, text, fields):
        raise ExpressionError(problems)
    return Expression(text, tree)
