"""Holds a tree against the typed fields: what it names exists, what it compares can be alike.

The check never changes what an expression means: the same text over the same data gives the same
verdict whatever the fields are declared to be.
"""

from collections.abc import Callable

from hub.expression.domain.calls import call_problems
from hub.expression.domain.dates import stamp
from hub.expression.domain.field_names import NOT_AT_HAND, find
from hub.expression.domain.field_types import ANY, TEXT, Field, FieldTypes, Kind
from hub.expression.domain.functions import FLAG, FUNCTIONS, NUMBER
from hub.expression.domain.problems import Problem
from hub.expression.domain.tree import And, Call, Compare, Constant, Node, Not, Or, Path, Values
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted

_FIXED = (Constant, Values)
_ORDERED = ("<", "<=", ">", ">=")


def check(tree: Node, text: str, fields: FieldTypes) -> list[Problem]:
    """All problems, in the order of the text."""
    checker = _Checker(text, fields)
    checker.clause(tree)
    return sorted(checker.problems, key=lambda problem: problem.position)


class _Checker:
    def __init__(self, text: str, fields: FieldTypes) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._roots = fields.roots()

    def clause(self, node: Node) -> None:
        """What is either true or false."""
        match node:
            case And(clauses=clauses) | Or(clauses=clauses):
                for clause in clauses:
                    self.clause(clause)
            case Not(clause=clause):
                self.clause(clause)
            case Compare():
                self._compare(node)
            case _:
                self._alone(node)

    def _alone(self, node: Node) -> None:
        field = self._term(node)
        source = self._source(node)
        if isinstance(node, _FIXED):
            self._say(node, f"{quoted(source)} alone decides nothing: compare a field with it")
        elif field.kind not in (Kind.FLAG, Kind.ANY):
            self._say(node, f"{source} is {field.kind}: compare it with something")

    def _term(self, node: Node) -> Field:
        match node:
            case Constant(value=value):
                return _kind_of(value)
            case Values(items=items):
                return Field(Kind.LIST, values=tuple(map(str, items)))
            case Path(names=names):
                return self._path(node, find(names, self._roots))
            case Call():
                return self._call(node)
        self.clause(node)
        return FLAG

    def _path(self, node: Path, found: Field | str) -> Field:
        if isinstance(found, Field):
            if found.kind is Kind.BLOCK:
                names = ", ".join(list(found.members)[:5]) or "any name"
                self._say(
                    node, f"{self._source(node)} is a block: name one of its fields ({names})"
                )
                return ANY
            return found
        self._say(node, found)
        return ANY

    def _call(self, node: Call) -> Field:
        kinds = [self._term(argument).kind for argument in node.arguments]
        for argument, message in call_problems(node, kinds):
            self._say(argument, message)
        function = FUNCTIONS.get(node.name)
        if function and "surroundings" in function.given and "surroundings" not in self._roots:
            self._say(node, NOT_AT_HAND["surroundings"])
        return function.gives if function else ANY

    def _compare(self, node: Compare) -> None:
        fields = list(map(self._term, node.operands))
        for index, (left, sign, right) in enumerate(node.pairs()):
            pair = (fields[index], fields[index + 1])
            if isinstance(left, _FIXED) and isinstance(right, _FIXED):
                self._say(left, "two fixed values are compared: one of them should be a field")
            elif sign in ("in", "not in"):
                self._within(left, right, *pair)
            else:
                self._side_by_side(left, sign, right, *pair)

    def _within(self, left: Node, right: Node, value: Field, within: Field) -> None:
        if isinstance(right, Constant):
            self._say(right, f"in wants a list: did you mean [{self._source(right)}]?")
        elif within.kind not in (Kind.LIST, Kind.TEXT, Kind.ANY):
            self._say(right, f"in wants a list, but {self._source(right)} is {within.kind}")
        elif value.kind is Kind.LIST:
            self._say(left, f"{self._source(left)} is a list: only one value can be in a list")
        elif isinstance(right, Values):
            item = right.items[0]
            self._alike(left, right, value, _kind_of(item))
            for text in right.items:
                self._possible(right, text, value)
        elif within.kind is Kind.TEXT:
            self._alike(left, right, value, within)

    def _side_by_side(self, left: Node, sign: str, right: Node, one: Field, two: Field) -> None:
        for node, field in ((left, one), (right, two)):
            if field.kind is Kind.LIST:
                self._say(node, f"{self._source(node)} is a list: did you mean in?")
                return
            if field.kind is Kind.FLAG and sign in _ORDERED:
                self._say(
                    node, f"{self._source(node)} is {Kind.FLAG}: {sign} has no meaning for it"
                )
                return
        self._alike(left, right, one, two)
        for node, field in ((left, two), (right, one)):
            if isinstance(node, Constant):
                self._possible(node, node.value, field)

    def _alike(self, left: Node, right: Node, one: Field, two: Field) -> None:
        kinds = {one.kind, two.kind}
        if Kind.ANY in kinds or len(kinds) == 1:
            return
        if kinds == {Kind.MOMENT, Kind.TEXT}:
            for node in (left, right):
                if isinstance(node, Constant) and stamp(node.value) is None:
                    self._say(node, f"{quoted(node.value)} is not a date: write it as 2026-11-22")
            return
        self._say(right, self._unlike(left, right, one, two))

    def _unlike(self, left: Node, right: Node, one: Field, two: Field) -> str:
        message = (
            f"{self._source(left)} is {one.kind} and {self._source(right)} is {two.kind}: "
            "they never compare"
        )
        for node, other in ((left, two), (right, one)):
            if isinstance(node, Constant):
                return f"{message}{did_you_mean(_converted(node.value, other.kind))}"
        return message

    def _possible(self, node: Node, value: object, field: Field) -> None:
        if field.kind is Kind.TEXT and field.values and value not in field.values:
            close = nearest(str(value), field.values)
            listed = f"is not one of {', '.join(field.values)}"
            self._say(node, f"{quoted(value)} {listed}{did_you_mean(close and repr(close))}")

    def _source(self, node: Node) -> str:
        return self._text[node.start : node.end]

    def _say(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.start + 1, message))


def _kind_of(value: object) -> Field:
    if isinstance(value, bool):
        return FLAG
    return TEXT if isinstance(value, str) else NUMBER


def _converted(value: object, kind: Kind) -> str | None:
    converters: dict[Kind, Callable[[object], str]] = {Kind.TEXT: lambda v: repr(str(v))}
    if kind is Kind.NUMBER and isinstance(value, str):
        digits = value.strip().replace(".", "", 1).removeprefix("-")
        return value.strip() if digits.isascii() and digits.isdigit() else None
    if kind is Kind.FLAG and str(value).lower() in ("true", "false", "yes", "no", "1", "0"):
        return str(str(value).lower() in ("true", "yes", "1"))
    return converters[kind](value) if kind in converters else None
