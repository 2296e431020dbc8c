"""Finding the field that a path names, or the one that was meant."""

from collections.abc import Mapping

from hub.expression.domain.field_types import Field
from hub.expression.domain.functions import FUNCTIONS
from hub.kernel.did_you_mean import did_you_mean, nearest

NOT_AT_HAND: Mapping[str, str] = {
    "event": (
        "there is no event here, only customers: did you mean what they did, such as "
        "seen('order.completed', days=30)?"
    ),
    "surroundings": "there are no surroundings here, only customers: name one of their fields",
}
"""Where an expression is about customers and not about what happens to one."""


def find(names: tuple[str, ...], roots: Mapping[str, Field]) -> Field | str:
    """The field, or the sentence that says why there is none."""
    root = roots.get(names[0])
    if root is None:
        return NOT_AT_HAND.get(names[0]) or _unknown_name(names, roots)
    found: Field = root
    for depth, name in enumerate(names[1:], start=1):
        member = found.member(name)
        if member is None:
            written = ".".join(_short(names))
            return f"unknown field {written}{did_you_mean(_meant(names, depth, found, root))}"
        found = member
    return found


def _unknown_name(names: tuple[str, ...], roots: Mapping[str, Field]) -> str:
    written = ".".join(names)
    if close := nearest(names[0], roots):
        return f"unknown name {written}{did_you_mean('.'.join((close, *names[1:])))}"
    paths = [path for root, field in roots.items() for path in field.paths(root)]
    for known, rest in ((names, ()), (names[:1], names[1:])):
        for path in paths:
            if path.endswith(f".{'.'.join(known)}"):
                return f"unknown name {written}{did_you_mean('.'.join((path, *rest)))}"
    if len(names) == 1 and names[0] in FUNCTIONS:
        return f"unknown name {written}{did_you_mean(written + '(...)')}"
    return f"unknown name {written}: did you mean the text '{written}' in quotes?"


def _meant(names: tuple[str, ...], depth: int, owner: Field, root: Field) -> str | None:
    """A sibling spelt alike or the only one, then a field of that name in another block, then any
    path alike that is as long."""
    rest = names[depth + 1 :]
    only = next(iter(owner.members)) if len(owner.members) == 1 else None
    if sibling := nearest(names[depth], owner.members) or only:
        return ".".join(_short((*names[:depth], sibling, *rest)))
    paths = list(root.paths(names[0]))
    for path in paths:
        if path.endswith(f".{names[-1]}"):
            return ".".join(_short(tuple(path.split("."))))
    as_deep = [path for path in paths if path.count(".") >= len(names) - 1]
    return nearest(".".join(names), as_deep)


def _short(names: tuple[str, ...]) -> tuple[str, ...]:
    """`event.total` as people write it, not `event.properties.total`."""
    if names[:2] == ("event", "properties") and len(names) > 2:  # noqa: PLR2004 a name behind the two
        return ("event", *names[2:])
    return names
