"""Checks a tree against the typed fields: every field exists and the compared kinds fit.

The check never changes what an expression means: the same text over the same data gives the same
result, whatever kinds the schemas declare.
"""

from collections.abc import Callable

from hub.expression.domain.calls import find_call_problems
from hub.expression.domain.dates import to_timestamp
from hub.expression.domain.field_names import UNAVAILABLE_ROOTS, find_field
from hub.expression.domain.field_types import ANY, TEXT, Field, FieldKind, FieldTypes
from hub.expression.domain.function import FLAG, NUMBER
from hub.expression.domain.functions import FUNCTIONS
from hub.expression.domain.problems import Problem
from hub.expression.domain.tree import And, Call, Compare, Constant, Node, Not, Or, Path, Values
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value

_FIXED = (Constant, Values)
_ORDERED = ("<", "<=", ">", ">=")


def check(tree: Node, text: str, fields: FieldTypes) -> list[Problem]:
    """Finds all problems of a tree, in the order of the text."""
    checker = _Checker(text, fields)
    checker.check_clause(tree)
    return sorted(checker.problems, key=lambda problem: problem.position)


class _Checker:
    def __init__(self, text: str, fields: FieldTypes) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._roots = fields.roots()

    def check_clause(self, node: Node) -> None:
        """Checks a node whose value must be true or false."""
        match node:
            case And(clauses=clauses) | Or(clauses=clauses):
                for clause in clauses:
                    self.check_clause(clause)
            case Not(clause=clause):
                self.check_clause(clause)
            case Compare():
                self._check_comparison(node)
            case _:
                self._check_alone(node)

    def _check_alone(self, node: Node) -> None:
        field = self._check_term(node)
        source = self._source(node)
        if isinstance(node, _FIXED):
            self._report(
                node, f"{quote_value(source)} alone decides nothing: compare a field with it"
            )
        elif field.kind not in (FieldKind.FLAG, FieldKind.ANY):
            self._report(node, f"{source} is {field.kind}: compare it with something")

    def _check_term(self, node: Node) -> Field:
        match node:
            case Constant(value=value):
                return _field_of(value)
            case Values(items=items):
                return Field(FieldKind.LIST, values=tuple(map(str, items)))
            case Path(names=names):
                return self._check_path(node, names)
            case Call():
                return self._check_call(node)
        self.check_clause(node)
        return FLAG

    def _check_path(self, node: Path, names: tuple[str, ...]) -> Field:
        field = find_field(names, self._roots)
        if isinstance(field, str):
            self._report(node, field)
            return ANY
        if field.kind is FieldKind.BLOCK:
            members = ", ".join(list(field.members)[:5]) or "any name"
            self._report(
                node, f"{self._source(node)} is a block: name one of its fields ({members})"
            )
            return ANY
        return field

    def _check_call(self, node: Call) -> Field:
        kinds = [self._check_term(argument).kind for argument in node.arguments]
        for argument, message in find_call_problems(node, kinds):
            self._report(argument, message)
        function = FUNCTIONS.get(node.name)
        if (
            function
            and "surroundings" in function.root_arguments
            and "surroundings" not in self._roots
        ):
            self._report(node, UNAVAILABLE_ROOTS["surroundings"])
        return function.gives if function else ANY

    def _check_comparison(self, node: Compare) -> None:
        fields = list(map(self._check_term, node.operands))
        for index, (left, sign, right) in enumerate(node.pairs()):
            kinds = (fields[index], fields[index + 1])
            if isinstance(left, _FIXED) and isinstance(right, _FIXED):
                self._report(left, "two fixed values are compared: one of them should be a field")
            elif sign in ("in", "not in"):
                self._check_membership(left, right, *kinds)
            else:
                self._check_operands(left, sign, right, *kinds)

    def _check_membership(self, left: Node, right: Node, value: Field, within: Field) -> None:
        if isinstance(right, Constant):
            self._report(right, f"in wants a list: did you mean [{self._source(right)}]?")
        elif within.kind not in (FieldKind.LIST, FieldKind.TEXT, FieldKind.ANY):
            self._report(right, f"in wants a list, but {self._source(right)} is {within.kind}")
        elif value.kind is FieldKind.LIST:
            self._report(left, f"{self._source(left)} is a list: only one value can be in a list")
        elif isinstance(right, Values):
            item = right.items[0]
            self._check_same_kind(left, right, value, _field_of(item))
            for text in right.items:
                self._check_allowed_value(right, text, value)
        elif within.kind is FieldKind.TEXT:
            self._check_same_kind(left, right, value, within)

    def _check_operands(
        self, left: Node, sign: str, right: Node, left_field: Field, right_field: Field
    ) -> None:
        for node, field in ((left, left_field), (right, right_field)):
            if field.kind is FieldKind.LIST:
                self._report(node, f"{self._source(node)} is a list: did you mean in?")
                return
            if field.kind is FieldKind.FLAG and sign in _ORDERED:
                self._report(
                    node, f"{self._source(node)} is {FieldKind.FLAG}: {sign} has no meaning for it"
                )
                return
        self._check_same_kind(left, right, left_field, right_field)
        self._check_exactness(left, right)
        self._check_exactness(right, left)
        for node, field in ((left, right_field), (right, left_field)):
            if isinstance(node, Constant):
                self._check_allowed_value(node, node.value, field)

    def _check_exactness(self, node: Node, number: Node) -> None:
        """A function that counts to a limit cannot be compared with a larger number."""
        if not isinstance(node, Call) or not isinstance(number, Constant):
            return
        function = FUNCTIONS.get(node.name)
        for option, most in function.exact_to.items() if function else ():
            value = number.value
            if option in node.options and isinstance(value, int | float) and value > most:
                self._report(
                    number,
                    f"{node.name} with {option} counts to {most}: "
                    "compare it with a smaller number, or count by days",
                )

    def _check_same_kind(
        self, left: Node, right: Node, left_field: Field, right_field: Field
    ) -> None:
        kinds = {left_field.kind, right_field.kind}
        if FieldKind.ANY in kinds or len(kinds) == 1:
            return
        if kinds == {FieldKind.MOMENT, FieldKind.TEXT}:
            for node in (left, right):
                if isinstance(node, Constant) and to_timestamp(node.value) is None:
                    self._report(
                        node, f"{quote_value(node.value)} is not a date: write it as 2026-11-22"
                    )
            return
        self._report(right, self._describe_mismatch(left, right, left_field, right_field))

    def _describe_mismatch(
        self, left: Node, right: Node, left_field: Field, right_field: Field
    ) -> str:
        message = (
            f"{self._source(left)} is {left_field.kind} and "
            f"{self._source(right)} is {right_field.kind}: they never compare"
        )
        for node, other in ((left, right_field), (right, left_field)):
            if isinstance(node, Constant):
                return f"{message}{format_suggestion(_convert(node.value, other.kind))}"
        return message

    def _check_allowed_value(self, node: Node, value: object, field: Field) -> None:
        if field.kind is FieldKind.TEXT and field.values and value not in field.values:
            close = find_nearest(str(value), field.values)
            listed = f"is not one of {', '.join(field.values)}"
            self._report(
                node, f"{quote_value(value)} {listed}{format_suggestion(close and repr(close))}"
            )

    def _source(self, node: Node) -> str:
        return self._text[node.start : node.end]

    def _report(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.start + 1, message))


def _field_of(value: object) -> Field:
    if isinstance(value, bool):
        return FLAG
    return TEXT if isinstance(value, str) else NUMBER


def _convert(value: object, kind: FieldKind) -> str | None:
    """Writes a fixed value as one of another kind, to suggest it; None if it cannot be one."""
    converters: dict[FieldKind, Callable[[object], str]] = {FieldKind.TEXT: lambda v: repr(str(v))}
    if kind is FieldKind.NUMBER and isinstance(value, str):
        digits = value.strip().replace(".", "", 1).removeprefix("-")
        return value.strip() if digits.isascii() and digits.isdigit() else None
    if kind is FieldKind.FLAG and str(value).lower() in ("true", "false", "yes", "no", "1", "0"):
        return str(str(value).lower() in ("true", "yes", "1"))
    return converters[kind](value) if kind in converters else None
