"""Finding the field that a path names, or the one that was meant."""

from collections.abc import Mapping

from hub.expression.domain.field_types import Field
from hub.expression.domain.functions import FUNCTIONS
from hub.kernel.did_you_mean import find_nearest, format_suggestion

UNAVAILABLE_ROOTS: Mapping[str, str] = {
    "event": (
        "there is no event here, only customers: did you mean what they did, such as "
        "seen('order.completed', days=30)?"
    ),
    "surroundings": "there are no surroundings here, only customers: name one of their fields",
}
"""Where an expression is about customers and not about what happens to one."""


def find_field(names: tuple[str, ...], roots: Mapping[str, Field]) -> Field | str:
    """The field, or the sentence that says why there is none."""
    root = roots.get(names[0])
    if root is None:
        return UNAVAILABLE_ROOTS.get(names[0]) or _describe_unknown_name(names, roots)
    found: Field = root
    for depth, name in enumerate(names[1:], start=1):
        member = found.member(name)
        if member is None:
            written = ".".join(_shorten(names))
            close = format_suggestion(_suggest_path(names, depth, found, root))
            return f"unknown field {written}{close}"
        found = member
    return found


def _describe_unknown_name(names: tuple[str, ...], roots: Mapping[str, Field]) -> str:
    written = ".".join(names)
    if close := find_nearest(names[0], roots):
        return f"unknown name {written}{format_suggestion('.'.join((close, *names[1:])))}"
    paths = [path for root, field in roots.items() for path in field.list_paths(root)]
    for known, rest in ((names, ()), (names[:1], names[1:])):
        for path in paths:
            if path.endswith(f".{'.'.join(known)}"):
                return f"unknown name {written}{format_suggestion('.'.join((path, *rest)))}"
    if len(names) == 1 and names[0] in FUNCTIONS:
        return f"unknown name {written}{format_suggestion(written + '(...)')}"
    return f"unknown name {written}: did you mean the text '{written}' in quotes?"


def _suggest_path(names: tuple[str, ...], depth: int, owner: Field, root: Field) -> str | None:
    """A sibling spelt alike or the only one, then a field of that name in another block, then any
    path alike that is as long."""
    rest = names[depth + 1 :]
    only = next(iter(owner.members)) if len(owner.members) == 1 else None
    if sibling := find_nearest(names[depth], owner.members) or only:
        return ".".join(_shorten((*names[:depth], sibling, *rest)))
    paths = list(root.list_paths(names[0]))
    for path in paths:
        if path.endswith(f".{names[-1]}"):
            return ".".join(_shorten(tuple(path.split("."))))
    as_deep = [path for path in paths if path.count(".") >= len(names) - 1]
    return find_nearest(".".join(names), as_deep)


def _shorten(names: tuple[str, ...]) -> tuple[str, ...]:
    """`event.total` as people write it, not `event.properties.total`."""
    if names[:2] == ("event", "properties") and len(names) > 2:  # noqa: PLR2004 a name behind the two
        return ("event", *names[2:])
    return names
