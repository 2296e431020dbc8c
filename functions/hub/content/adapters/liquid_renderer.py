"""Renders templates in Liquid (python-liquid), strictly: a missing value is an error, not a blank.

With `default` and `if`, a template says that a value may be missing.
"""

import re
from collections import deque
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
    LiquidValueError,
    ResourceLimitError,
    TemplateNotFoundError,
    UndefinedError,
)
from liquid.expression import Expression
from liquid.loader import BaseLoader, TemplateSource

from hub.content.adapters.liquid_filters import FILTERS, find_argument_problem
from hub.content.adapters.liquid_limits import (
    LimitedTemplate,
    describe_limit,
    limit_environment,
    limit_parse,
)
from hub.content.domain.proof import TemplateVariable
from hub.content.domain.render_budget import (
    LONGEST_TEXT,
    MOST_NESTED_BLOCKS,
    MOST_NESTED_SNIPPETS,
    MOST_ROUNDS,
    OverBudget,
    RenderBudget,
)
from hub.content.domain.template_size import check_size
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.kernel.errors import Missing, Rejected, explain_fault
from hub.kernel.json_types import Json, JsonObject

_SNIPPETS = "the snippets"  # no name in a template has a blank
_LIQUID_MARK = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_LONGEST_NAME = 200
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

    loop_iteration_limit = MOST_ROUNDS
    output_stream_limit = LONGEST_TEXT
    block_nesting_limit = MOST_NESTED_BLOCKS
    context_depth_limit = MOST_NESTED_SNIPPETS

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(undefined=_MissingValue, loader=_SnippetLoader(), autoescape=autoescape)
        self.filters.update(FILTERS)
        for name in _REMOVED_FILTERS:
            del self.filters[name]
        for name in _REMOVED_TAGS:
            del self.tags[name]
        limit_environment(self)


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
        total: RenderBudget | None = None,
    ) -> dict[str, str]:
        if "mjml" in body:
            raise Rejected("was not compiled to HTML when it was published", "mjml")
        variables = {**_drop_nulls(scope), _SNIPPETS: snippets}
        parts = {
            part: _render_part(part, source, variables, total) for part, source in body.items()
        }
        for part in ("subject", "preheader", "title"):
            if part in parts:
                parts[part] = " ".join(parts[part].split())
        return parts


def _render_part(part: str, source: str, variables: JsonObject, total: RenderBudget | None) -> str:
    budget = RenderBudget()
    try:
        return _parse(source, part == "html").render_within(budget, variables)
    except OverBudget as error:
        raise OverBudget(error.reason, part) from error
    except UndefinedError as error:
        raise Missing(f"{_find_missing_name(error)} is not known", part) from error
    except ResourceLimitError as error:
        raise OverBudget(_describe_error(error), part) from error
    except LiquidError as error:
        raise Rejected(_describe_error(error), part) from error
    except Exception as error:  # whatever a library raises is a mistake of this template
        raise Rejected(explain_fault(error), part) from error
    finally:
        if total:
            total.spend(budget.steps)


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
    nodes = deque[Node](template.nodes)
    while nodes:
        node = nodes.popleft()
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
    return (
        written[0][:_LONGEST_NAME]
        if written
        else str(error.message).removesuffix(" is undefined").strip("'")
    )


def _describe_error(error: LiquidError) -> str:
    position = error.context()
    line = f"line {position[0]}: " if position else ""
    if isinstance(error, TemplateNotFoundError):
        return f"{line}there is no snippet {error.message}"
    if isinstance(error, ResourceLimitError):
        return f"{line}{describe_limit(error)}"
    if isinstance(error, LiquidValueError):
        return f"{line}has a number that is too large"
    return f"{line}{error.message}"


@lru_cache(maxsize=512)
def _escape_text(text: str) -> str:
    """Escapes a text as HTML, but not its Liquid, whose output is escaped anyway."""
    check_size(text)
    pieces = _LIQUID_MARK.split(text)
    return "".join(piece if at % 2 else escape(piece) for at, piece in enumerate(pieces))


@lru_cache(maxsize=512)
def _parse(source: str, html: bool) -> LimitedTemplate:
    """Parses a text. Raises `Rejected` if it is too large, and `LiquidError`."""
    check_size(source)
    environment = _HTML if html else _TEXT
    return limit_parse(lambda: environment.from_string(source))
