"""Converts Python's syntax tree to an expression's and refuses everything outside the language."""

import ast
import math
from collections.abc import Callable

from hub.expression.domain.field_types import ENVELOPE
from hub.expression.domain.problems import ExpressionError, build_error
from hub.expression.domain.tree import And, Call, Compare, Constant, Node, Not, Or, Path, Scalar
from hub.expression.domain.tree import Values as ValueList
from hub.kernel.did_you_mean import quote_value

MAX_VALUES = 200
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_CURLY_MESSAGE = "curly brackets are not part of the language: did you mean a list [...]?"
_REFUSED_NODES: dict[type[ast.expr], str] = {
    ast.BinOp: "calculations are not part of the language; a text such as 'gold-card' needs quotes",
    ast.Dict: _CURLY_MESSAGE,
    ast.Set: _CURLY_MESSAGE,
    ast.IfExp: "if and else are not part of the language: did you mean and, or?",
    ast.JoinedStr: "a text is written without f before its quotes",
}
_REFUSED_OPERATORS: dict[type[ast.operator], str] = {
    ast.BitAnd: "& is not part of the language: did you mean and?",
    ast.BitOr: "| is not part of the language: did you mean or?",
}
_BOOLEAN_WORDS = {"true": "True", "false": "False"}
_NULL_WORDS = ("none", "null", "nil", "undefined", "empty")
_NULL_MESSAGE = "a missing value equals nothing: did you mean known(...) or not known(...)?"
_COMMA_MESSAGE = "a comma separates the values of a list [...]: numbers are written 2000.50"
_LIST_MESSAGE = "a list holds texts only or numbers only"


class Reader:
    """Converts the nodes of one line."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._indent = len(line) - len(line.lstrip())
        self._bytes = line[self._indent :].encode()
        self._readers: dict[type[ast.expr], Callable[..., Node]] = {
            ast.BoolOp: self._read_and_or,
            ast.UnaryOp: self._read_unary,
            ast.Compare: self._read_compare,
            ast.Call: self._read_call,
            ast.Constant: self._read_constant,
            ast.List: self._read_list,
            ast.Tuple: self._read_list,
            ast.Name: self._read_path,
            ast.Attribute: self._read_path,
            ast.Subscript: self._read_path,
        }

    def read(self, node: ast.expr) -> Node:
        """Converts a node. Raises `ExpressionError` at the first one outside the language."""
        reader = self._readers.get(type(node))
        if reader is None:
            raise self._error_at(node, self._explain_refusal(node))
        return reader(node)

    def check_end(self, tree: Node) -> None:
        """Raises `ExpressionError` if a comment follows the tree.

        In a text of several lines, it would hide the clauses behind it."""
        rest = self._line[tree.end :].lstrip(" ),")
        if rest:
            raise build_error(
                len(self._line) - len(rest) + 1, "a comment is not part of an expression"
            )

    def _span(self, node: ast.expr) -> tuple[int, int]:
        """Finds the start and end of a node in characters; Python gives them in bytes."""
        ends = (node.col_offset, node.end_col_offset or 0)
        start, end = (self._indent + len(self._bytes[:end].decode()) for end in ends)
        return start, end

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._line[start:end]

    def _error_at(self, node: ast.expr, message: str) -> ExpressionError:
        return build_error(self._span(node)[0] + 1, message)

    def _explain_refusal(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and type(node.op) in _REFUSED_OPERATORS:
            return _REFUSED_OPERATORS[type(node.op)]
        unknown = f"{quote_value(self._text(node))} is not part of the language"
        return _REFUSED_NODES.get(type(node), unknown)

    def _read_and_or(self, node: ast.BoolOp) -> Node:
        kind = And if isinstance(node.op, ast.And) else Or
        clauses: list[Node] = []
        for clause in map(self.read, node.values):
            clauses += clause.clauses if isinstance(clause, kind) else (clause,)
        return kind(*self._span(node), tuple(clauses))

    def _read_unary(self, node: ast.UnaryOp) -> Node:
        if isinstance(node.op, ast.Not):
            return Not(*self._span(node), self.read(node.operand))
        number = self.read(node.operand) if isinstance(node.op, ast.USub) else None
        if not isinstance(number, Constant) or isinstance(number.value, str | bool):
            raise self._error_at(node, self._explain_refusal(node))
        return Constant(*self._span(node), -number.value)

    def _read_compare(self, node: ast.Compare) -> Node:
        if any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops):
            raise self._error_at(node, "is does not compare: did you mean == or !=?")
        operands = tuple(map(self.read, (node.left, *node.comparators)))
        operators = tuple(_OPERATORS[type(operator)] for operator in node.ops)
        return Compare(*self._span(node), operands, operators)

    def _read_constant(self, node: ast.Constant) -> Node:
        value = node.value
        if value is None:
            raise self._error_at(node, _NULL_MESSAGE)
        if not isinstance(value, str | int | float):
            raise self._error_at(node, self._explain_refusal(node))
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error_at(node, "this number is too large")
        start, end = self._span(node)
        if isinstance(value, str) and len(value) + 2 != end - start:
            raise self._error_at(node, "a text stands in one pair of quotes: is a comma missing?")
        return Constant(start, end, value)

    def _read_list(self, node: ast.List | ast.Tuple) -> Node:
        if self._text(node)[:1] not in ("[", "("):
            raise self._error_at(node, _COMMA_MESSAGE)
        if len(node.elts) > MAX_VALUES:
            raise self._error_at(
                node, f"{len(node.elts)} values are too many: the limit is {MAX_VALUES}"
            )
        items = tuple(map(self._read_item, node.elts))
        if len({isinstance(item, str) for item in items}) != 1:
            raise self._error_at(node, _LIST_MESSAGE)
        return ValueList(*self._span(node), items)

    def _read_item(self, element: ast.expr) -> str | int | float:
        item = self.read(element)
        if isinstance(item, Constant) and not isinstance(item.value, bool):
            return item.value
        if isinstance(element, ast.Name):
            raise self._error_at(
                element, f"a list holds fixed values: did you mean '{element.id}' in quotes?"
            )
        raise self._error_at(element, _LIST_MESSAGE)

    def _read_call(self, node: ast.Call) -> Node:
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr.replace("swith", "s_with")
            values = ", ".join(map(self._text, (node.func.value, *node.args)))
            raise self._error_at(node, f"fields have no functions: did you mean {name}({values})?")
        if not isinstance(node.func, ast.Name):
            raise self._error_at(node, self._explain_refusal(node))
        arguments = tuple(map(self.read, node.args))
        options = {str(option.arg): self._read_option(option) for option in node.keywords}
        return Call(*self._span(node), node.func.id, arguments, options)

    def _read_option(self, option: ast.keyword) -> Scalar:
        value = self.read(option.value)
        if option.arg is None or not isinstance(value, Constant):
            raise self._error_at(option.value, f"{option.arg or 'an option'} wants a fixed number")
        return value.value

    def _read_path(self, node: ast.expr) -> Node:
        names = tuple(self._read_names(node))
        alone = names[0].lower() if len(names) == 1 else ""
        if alone in _BOOLEAN_WORDS:
            raise self._error_at(
                node, f"unknown name {names[0]}: did you mean {_BOOLEAN_WORDS[alone]}?"
            )
        if alone in _NULL_WORDS:
            raise self._error_at(node, _NULL_MESSAGE)
        if names[0] == "event" and len(names) > 1 and names[1] not in ENVELOPE:
            names = ("event", "properties", *names[1:])
        return Path(*self._span(node), names)

    def _read_names(self, node: ast.expr) -> list[str]:
        match node:
            case ast.Name(id=name):
                return [name]
            case ast.Attribute(value=owner, attr=name):
                return [*self._read_names(owner), name]
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(name))):
                return [*self._read_names(owner), name]
        raise self._error_at(node, self._explain_refusal(node))
