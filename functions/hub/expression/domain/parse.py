"""Parses the text of an expression to a tree. Python's own parser reads; few nodes are allowed."""

import ast
from functools import lru_cache

from hub.expression.domain.problems import ExpressionError, build_error
from hub.expression.domain.reader import Reader
from hub.expression.domain.syntax_hints import explain_syntax_error
from hub.expression.domain.tree import Node

MAX_LENGTH = 2000
MAX_DEPTH = 24
MAX_CLAUSES = 64


@lru_cache(maxsize=20_000)
def parse(text: str) -> Node:
    """Parses a text. Raises `ExpressionError` if it is too long or not in the language.

    The trees are cached because every publication reads all rules and few have changed.
    """
    if len(text) > MAX_LENGTH:
        raise build_error(1, f"{len(text):,} characters are too long: the limit is {MAX_LENGTH:,}")
    if not text.strip():
        raise build_error(1, "the expression is empty")
    line = "".join(" " if character.isspace() else character for character in text)
    if "\\" in line:
        raise build_error(
            line.index("\\") + 1, "a backslash and patterns are not part of the language"
        )
    body = _parse_python(line)
    _check_limits(body)
    reader = Reader(line)
    tree = reader.read(body)
    reader.check_end(tree)
    return tree


def _parse_python(line: str) -> ast.expr:
    try:
        return ast.parse(line.lstrip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError([explain_syntax_error(line, error)]) from error


def _check_limits(body: ast.expr) -> None:
    level: list[ast.AST] = [body]
    depth = clauses = 0
    while level:
        depth += 1
        clauses += sum(isinstance(node, ast.Compare | ast.Call) for node in level)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if depth > MAX_DEPTH:
        raise build_error(1, f"the expression is nested too deep: the limit is {MAX_DEPTH} levels")
    if clauses > MAX_CLAUSES:
        raise build_error(1, f"{clauses} clauses are too many: the limit is {MAX_CLAUSES}")
