"""The language in which marketers write the condition of a rule.

    event.total >= 2000 and customer.loyalty.tier in ['gold', 'platinum']
    and not seen('email.sent', days=7) and known(customer.contact.email)
    and free_slots('retention') > 5 and sum('order.completed', 'EUR', days=90) < 50000

It is a safe subset of Python's expressions, checked against typed fields
(`hub.expression.domain.field_types`) when a row is saved and compiled to Python code: fields of
`event`, `customer` and `surroundings`, `now`, comparisons and chains of them, `and`, `or`, `not`,
`in`, `not in`, texts, numbers, lists and the functions of `hub.expression.domain.functions`.
`event.total` is short for `event.properties.total`; a name that is no plain word stands in
brackets: `surroundings.stock['SKU-7'].available`.

What is missing
- A field is missing when it is absent or null. A comparison that touches a missing value is false:
  also `!=` and `not in`. `not` turns the truth of what stands behind it, so that
  `not customer.loyalty.tier == 'gold'` is true of somebody without a tier and
  `customer.loyalty.tier != 'gold'` is false of them. `known(...)` asks just that.
- Functions on texts, dates and places give a missing value, or false, for a missing one; `count`
  and `sum` are 0 where nothing was seen, `since` is missing. The stock of an unknown product and
  the free slots of an unknown queue are missing, and an unknown promotion is not active.

What compares with what
- Numbers with numbers, texts with texts, true and false with themselves; other pairs are false at
  run time and a problem when the kinds are known beforehand. True is not 1.
- A text written as a date (`'2026-11-22'`, `'2026-11-22T09:30:00Z'`) compares as a moment, a date
  being its first instant in UTC; a value that is no date is then as good as missing. `now` and the
  event's times are moments.
- `in` asks for one value of a list or for a part of a text. A field alone is a clause if it is
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
    """A condition, compiled when it is first asked; two are equal when their texts are."""

    text: str
    tree: Node = field(compare=False, repr=False)

    def matches(self, scope: Scope) -> bool:
        return self._compiled_tree(*scope) is True

    def find_false_clause(self, scope: Scope) -> FalseClause | None:
        """The first clause of the outermost `and` that is false; None if the expression holds."""
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
    """Raises `ExpressionError` with every problem found. `fields.for_event(type)` knows the
    properties of the event that the rule waits for."""
    tree = parse(text)
    if problems := check(tree, text, fields):
        raise ExpressionError(problems)
    return Expression(text, tree)
