"""The limits of a render in Liquid: everything that can repeat or grow is counted in steps.

`hub.content.domain.render_budget` has the figures. python-liquid limits one nest of loops and the
output. It does not limit loops one after the other, snippets that name each other twice, ranges,
or what a filter or a comparison handles.
"""

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any, TextIO, cast

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.render_tag import RenderNode
from liquid.exceptions import (
    BlockNestingError,
    ContextDepthError,
    LiquidError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    ResourceLimitError,
)
from liquid.expression import Expression
from liquid.output import LimitedStringIO
from liquid.token import Token
from liquid.undefined import UNDEFINED

from hub.content.adapters.filter_limits import LimitError, limit_filter
from hub.content.domain.render_budget import (
    CHARACTERS_PER_STEP,
    LONGEST_LIST,
    LONGEST_TEXT,
    MOST_NESTED,
    MOST_NESTED_BLOCKS,
    MOST_NESTED_EXPRESSIONS,
    MOST_NESTED_SNIPPETS,
    MOST_ROUNDS,
    STEPS_OF_A_SNIPPET,
    OverBudget,
    RenderBudget,
)

_OF_THE_LIBRARY: Mapping[type[ResourceLimitError], str] = {
    BlockNestingError: f"has blocks that are nested more than {MOST_NESTED_BLOCKS} deep",
    ContextDepthError: f"has snippets that are nested more than {MOST_NESTED_SNIPPETS} deep",
    LoopIterationLimitError: f"repeats more than {MOST_ROUNDS:,} times",
    OutputStreamLimitError: f"makes more than {LONGEST_TEXT:,} bytes of text",
}
_TOO_DEEP = f"has an expression that is nested more than {MOST_NESTED_EXPRESSIONS} deep"
_BLOCKS = frozenset(
    {"capture", "case", "for", "if", "ifchanged", "include", "render", "tablerow", "unless"}
)


def describe_limit(error: ResourceLimitError) -> str:
    """Says in plain words which limit a text goes beyond."""
    return _OF_THE_LIBRARY.get(type(error), str(error.message))


class _CountedOutput(LimitedStringIO):
    """What a text writes: its length is limited, and its characters are steps."""

    def __init__(self, limit: int, budget: RenderBudget) -> None:
        super().__init__(limit)
        self._budget = budget

    def write(self, text: str, /) -> int:
        self._budget.spend(len(text) // CHARACTERS_PER_STEP)
        return super().write(text)


class LimitedContext(RenderContext):
    """The state of a render, with its budget. Contexts of snippets share it."""

    __slots__ = ("budget",)

    def __init__(
        self,
        template: BoundTemplate,
        *,
        parent_context: RenderContext | None = None,
        **options: Any,
    ) -> None:
        super().__init__(template, parent_context=parent_context, **options)
        self.budget: RenderBudget = (
            parent_context.budget if isinstance(parent_context, LimitedContext) else RenderBudget()
        )

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        value = super().get(path, token=token, default=default)
        if isinstance(value, str | list | dict):
            self.budget.spend(len(value) // CHARACTERS_PER_STEP)
        return value

    def raise_for_loop_limit(self, length: int = 1) -> None:
        super().raise_for_loop_limit(length)
        self.budget.spend(length)

    def cycle(self, key: object, length: int) -> int:
        self.budget.spend(len(str(key)) // CHARACTERS_PER_STEP)
        return super().cycle(key, length)

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        carry = buf.size if isinstance(buf, LimitedStringIO) else 0
        return _CountedOutput(LONGEST_TEXT - carry, self.budget)


class LimitedTemplate(BoundTemplate):
    """A template whose renders are limited."""

    context_class = LimitedContext

    def render_within(self, budget: RenderBudget, variables: Mapping[str, object]) -> str:
        """Renders the template. Raises `LiquidError`, also for what is over the budget."""
        context = LimitedContext(self, globals=self.make_globals(variables))
        context.budget = budget
        output = context.get_buffer()
        self.render_with_context(context, output)
        return output.getvalue()


class _Counted(Node):
    """A tag or text that counts its own steps. `weight` is how many it takes at least.

    Its context is a `LimitedContext`, as `LimitedTemplate` makes it.
    """

    __slots__ = ()
    weight: int

    def render(self, context: RenderContext, buffer: TextIO) -> int:
        try:
            context.budget.spend(self.weight)  # type: ignore[attr-defined]  # see the class
            return super().render(context, buffer)
        except OverBudget as error:
            raise LimitError(error.reason, self.token) from error
        except ResourceLimitError as error:
            error.token = error.token or self.token
            raise


class _CountedBlock(_Counted):
    """A tag with other tags or a snippet in it."""

    __slots__ = ()

    def render(self, context: RenderContext, buffer: TextIO) -> int:
        budget: RenderBudget = context.budget  # type: ignore[attr-defined]  # see `_Counted`
        budget.depth += 1
        try:
            if budget.depth > MOST_NESTED:
                raise LimitError(f"is nested more than {MOST_NESTED} deep", self.token)
            return super().render(context, buffer)
        finally:
            budget.depth -= 1


def limit_environment(environment: Environment) -> None:
    """Makes every tag and filter of the environment count its steps."""
    environment.template_class = LimitedTemplate
    for name, tag in environment.tags.items():
        if node_class := getattr(tag, "node_class", None):
            counted = _CountedBlock if name in _BLOCKS else _Counted
            tag.node_class = type(  # type: ignore[attr-defined]  # as just found
                node_class.__name__, (counted, node_class), {"__slots__": ("weight",)}
            )
    environment.filters = {
        name: limit_filter(name, liquid) for name, liquid in environment.filters.items()
    }


def weigh(template: BoundTemplate) -> None:
    """Sets the weight of every tag: one, and one for each name, value and filter in it.

    Raises `LimitError` for an expression that is nested too deep."""
    context = RenderContext(template)
    for node in template.nodes:
        _weigh_node(node, context)


def _weigh_node(node: Node, context: RenderContext) -> int:
    """Returns the weight that the enclosing tag has to count, because the node does not: a branch
    of `if` or `case`."""
    weight = 1 + sum(_count_expressions(expression, node) for expression in node.expressions())
    weight += sum(
        _weigh_node(child, context) for child in node.children(context, include_partials=False)
    )
    if not isinstance(node, _Counted):
        return weight
    own = STEPS_OF_A_SNIPPET if isinstance(node, RenderNode) else 0
    node.weight = weight + own  # type: ignore[misc]  # a slot of the class that is made for it
    return 0


def _count_expressions(expression: Expression, node: Node, depth: int = 1) -> int:
    if depth > MOST_NESTED_EXPRESSIONS:
        raise LimitError(_TOO_DEEP, node.token)
    inner = (
        _count_expressions(child, node, depth + 1)
        for child in expression.children()
        if isinstance(child, Expression)
    )
    return 1 + len(getattr(expression, "filters", None) or ()) + sum(inner)


def limit_parse(parse: Callable[[], BoundTemplate]) -> LimitedTemplate:
    """Parses a template and weighs it.

    An expression on which the parser comes to its end is deeper than those that `weigh` refuses.
    """
    try:
        template = parse()
    except LiquidError as error:
        if isinstance(error.__cause__, RecursionError):
            raise LimitError(_TOO_DEEP) from error
        raise
    weigh(template)
    return cast("LimitedTemplate", template)


_evaluate_range = RangeLiteral.evaluate


def _evaluate_limited_range(self: RangeLiteral, context: RenderContext) -> range:
    members = _evaluate_range(self, context)
    if members.stop - members.start > LONGEST_LIST:
        raise LimitError(f"makes a range of more than {LONGEST_LIST:,} numbers", self.token)
    return members


# The parser makes the ranges itself: no environment can have a class of its own for them.
RangeLiteral.evaluate = _evaluate_limited_range  # type: ignore[method-assign]  # as above
