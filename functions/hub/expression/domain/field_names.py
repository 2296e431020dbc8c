"""Finds the field that a path names, or suggests one."""

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
"""The problems of roots that an expression about customers, such as an audience's, lacks."""


def find_field(names: tuple[str, ...], roots: Mapping[str, Field]) -> Field | str:
    """Finds a field, or returns the sentence that says why there is none."""
    root = roots.get(names[0])
    if root is None:
        return UNAVAILABLE_ROOTS.get(names[0]) or _describe_unknown_name(names, roots)
    field: Field = root
    for depth, name in enumerate(names[1:], start=1):
        member = field.member(name)
        if member is None:
            written = ".".join(_shorten(names))
            close = format_suggestion(_suggest_path(names, depth, field, root))
            return f"unknown field {written}{close}"
        field = member
    return field


def _describe_unknown_name(names: tuple[str, ...], roots: Mapping[str, Field]) -> str:
    written = ".".join(names)
    if close := find_nearest(names[0], roots):
        return f"unknown name {written}{format_suggestion('.'.join((close, *names[1:])))}"
    paths = [path for root, field in roots.items() for path in field.list_paths(root)]
    for start, rest in ((names, ()), (names[:1], names[1:])):
        for path in paths:
            if path.endswith(f".{'.'.join(start)}"):
                return f"unknown name {written}{format_suggestion('.'.join((path, *rest)))}"
    if len(names) == 1 and names[0] in FUNCTIONS:
        return f"unknown name {written}{format_suggestion(written + '(...)')}"
    return f"unknown name {written}: did you mean the text '{written}' in quotes?"


def _suggest_path(names: tuple[str, ...], depth: int, owner: Field, root: Field) -> str | None:
    """Suggests a sibling of a similar name or the only sibling; otherwise a field of the same name
    in another block; otherwise a similar path that is as deep."""
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
    """Writes `event.total`, as marketers do, for `event.properties.total`."""
    if names[:2] == ("event", "properties") and len(names) > 2:  # noqa: PLR2004 a name behind the two
        return ("event", *names[2:])
    return names
