"""Renders templates in Liquid (python-liquid), strictly: a missing value is an error, not a blank.

With `default` and `if`, a template says that a value may be missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import escape
from itertools import chain

from liquid import BoundTemplate, Environment, FalsyStrictUndefined, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, StringLiteral
from liquid.builtin.expressions.filtered import Filter
from liquid.exceptions import (
    LiquidError,
    LiquidSyntaxError,
    TemplateNotFoundError,
    UndefinedError,
)
from liquid.expression import Expression
from liquid.loader import BaseLoader, TemplateSource

from hub.content.adapters.liquid_filters import (
    FILTERS,
    LONGEST_VALUE,
    find_argument_problem,
    limit,
)
from hub.content.domain.proof import TemplateVariable
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.kernel.errors import Missing, Rejected, explain_fault
from hub.kernel.json_types import Json, JsonObject

_SNIPPETS = "the snippets"  # no name in a template has a blank
_LIQUID_MARK = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_MOST_UNCLOSED_MARKS = 20
_PATH = re.compile(r"[\w.\-]+")
# `include` and `liquid` would hide which snippets a template names; `safe` would undo escaping.
_REMOVED_TAGS = ("include", "liquid")
_REMOVED_FILTERS = ("safe",)
_NO_SNIPPETS: Mapping[str, Mapping[str, str]] = {}


class _MissingValue(FalsyStrictUndefined):
    """A missing value: false in `if`, replaced by `default`, and an error anywhere else."""

    force_liquid_default = True


class _SnippetLoader(BaseLoader):
    """Loads `{% render 'footer' %}`: in HTML the snippet's HTML if it has one, else its text."""

    def get_source(
        self,
        env: Environment,
        template_name: str,
        *,
        context: RenderContext | None = None,
        **_: object,
    ) -> TemplateSource:
        snippets = context.globals[_SNIPPETS] if context else _NO_SNIPPETS
        parts = snippets.get(template_name) if isinstance(snippets, Mapping) else None
        if parts is None:
            raise TemplateNotFoundError(template_name, token=None)
        text = parts["text"]
        source = parts.get("html") or _escape_text(text) if env.autoescape else text
        return TemplateSource(source, template_name, None)

    def load(
        self,
        env: Environment,
        name: str,
        *,
        context: RenderContext | None = None,
        **_: object,
    ) -> BoundTemplate:
        return _parse(self.get_source(env, name, context=context).text, env.autoescape)


class _BoundedEnvironment(Environment):
    """Limits loops, values and output, so that no template can block others or fill a message
    endlessly."""

    loop_iteration_limit = 10_000
    output_stream_limit = LONGEST_VALUE
    local_namespace_limit = 10 * LONGEST_VALUE

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(undefined=_MissingValue, loader=_SnippetLoader(), autoescape=autoescape)
        self.filters.update(FILTERS)
        for name in _REMOVED_FILTERS:
            del self.filters[name]
        for name in _REMOVED_TAGS:
            del self.tags[name]
        self.filters = {name: limit(name, liquid) for name, liquid in self.filters.items()}


_TEXT = _BoundedEnvironment(autoescape=False)
_HTML = _BoundedEnvironment(autoescape=True)


class LiquidRenderer:
    """`hub.content.ports.Renderer` in Liquid. Parsed templates are cached because they repeat.

    A subject is one line, whatever a value in it holds.
    """

    def render(
        self,
        body: Mapping[str, str],
        scope: JsonObject,
        snippets: Mapping[str, Mapping[str, str]] = _NO_SNIPPETS,
    ) -> dict[str, str]:
        if "mjml" in body:
            raise Rejected("was not compiled to HTML when it was published", "mjml")
        variables = {**_drop_nulls(scope), _SNIPPETS: snippets}
        parts = {part: _render_part(part, source, variables) for part, source in body.items()}
        for part in ("subject", "preheader", "title"):
            if part in parts:
                parts[part] = " ".join(parts[part].split())
        return parts


def _render_part(part: str, source: str, variables: JsonObject) -> str:
    try:
        return _parse(source, part == "html").render(**variables)
    except UndefinedError as error:
        raise Missing(f"{_find_missing_name(error)} is not known", part) from error
    except LiquidError as error:
        raise Rejected(_describe_error(error), part) from error
    except Exception as error:  # whatever a library raises is a mistake of this template
        raise Rejected(explain_fault(error), part) from error


def _drop_nulls(value: Json) -> Json:
    """Drops null values because null counts as missing."""
    if isinstance(value, Mapping):
        return {n: _drop_nulls(v) for n, v in value.items() if v is not None}
    return value


def find_variables(source: str) -> list[TemplateVariable]:
    """Finds the variables that a template reads, with their lines.

    Raises `Rejected` if `source` is no valid template, also if rendering might never reach the
    mistake. A date pattern or currency that is wrong for every value is such a mistake."""
    try:
        template = _parse(source, html=False)
        analysis = template.analyze(include_partials=False)
        problem = next(_find_argument_problems(template), "")
    except LiquidError as error:
        raise Rejected(_describe_error(error)) from error
    except Exception as error:
        raise Rejected(explain_fault(error)) from error
    if problem:
        raise Rejected(problem)
    for name, spans in analysis.filters.items():
        if name not in _TEXT.filters:
            close = format_suggestion(find_nearest(name, _TEXT.filters))
            raise Rejected(
                f"line {_line_number(source, spans[0].index)}: there is no filter {name}{close}"
            )
    return [
        TemplateVariable(
            tuple(map(str, variable.segments)), _line_number(source, variable.span.index)
        )
        for variable in chain.from_iterable(analysis.globals.values())
    ]


def _find_argument_problems(template: BoundTemplate) -> Iterator[str]:
    """Yields what is wrong with the first arguments that are quoted texts."""
    for liquid in _list_filters(template):
        argument = next(iter(liquid.args), None)
        value = getattr(argument, "value", None)
        if isinstance(value, StringLiteral) and (
            problem := find_argument_problem(liquid.name, value.value)
        ):
            token = liquid.token
            yield f"line {_line_number(token.source, token.start_index)}: {problem}"


def _list_filters(template: BoundTemplate) -> Iterator[Filter]:
    context = RenderContext(template)
    nodes = list[Node](template.nodes)
    while nodes:
        node = nodes.pop(0)
        nodes += node.children(context, include_partials=False)
        yield from _list_expression_filters(node.expressions())


def _list_expression_filters(expressions: Iterable[Expression]) -> Iterator[Filter]:
    for expression in expressions:
        if isinstance(expression, FilteredExpression):
            yield from expression.filters or ()
        yield from _list_expression_filters(expression.children())


def _line_number(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


def _find_missing_name(error: UndefinedError) -> str:
    """Finds the whole name as it is written, if the error has its position."""
    token = error.token
    written = _PATH.match(token.source, token.start_index) if token else None
    return written[0] if written else str(error.message).removesuffix(" is undefined").strip("'")


def _describe_error(error: LiquidError) -> str:
    position = error.context()
    line = f"line {position[0]}: " if position else ""
    if isinstance(error, TemplateNotFoundError):
        return f"{line}there is no snippet {error.message}"
    return f"{line}{error.message}"


def _escape_text(text: str) -> str:
    """Escapes a text as HTML, but not its Liquid, whose output is escaped anyway."""
    pieces = _LIQUID_MARK.split(text)
    return "".join(piece if at % 2 else escape(piece) for at, piece in enumerate(pieces))


@lru_cache(maxsize=512)
def _parse(source: str, html: bool) -> BoundTemplate:
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        # For each unclosed mark, the lexer searches up to the end of the text.
        if any(piece.count(opening) > _MOST_UNCLOSED_MARKS for piece in source.split(closing)):
            raise LiquidSyntaxError(f"too many {opening} are not closed", token=None)
    return (_HTML if html else _TEXT).from_string(source)
