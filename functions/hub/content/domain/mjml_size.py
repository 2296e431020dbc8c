"""The size of MJML before it is compiled.

The compiler follows the elements by calling itself, and a process that runs out of stack ends
without an error. It copies attributes into every element that has them by default.
"""

import re

from hub.content.domain.render_budget import (
    LONGEST_TEXT,
    MOST_HTML,
    MOST_NESTED_ELEMENTS,
    OverBudget,
)

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w:-]*)(?P<attributes>[^<>]*)>")
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905 shorter to read
)
_DEFAULTS = re.compile(r"<mj-attributes\b.*?(?:</mj-attributes|\Z)", re.DOTALL)
_MOST_COPIES = 4
"""Attributes of a parent, such as `mj-navbar`, come to each child, and some come several times."""


def check_mjml(source: str) -> None:
    """Raises `OverBudget` if the elements are nested too deep or the HTML may be too long."""
    if len(source) > 2 * LONGEST_TEXT:
        raise OverBudget(f"has more than {2 * LONGEST_TEXT:,} characters with its snippets")
    depth = elements = longest = 0
    for tag in _TAG.finditer(source):
        if tag["end"]:
            depth = max(depth - 1, 0)
            continue
        elements += 1
        longest = max(longest, len(tag["attributes"]))
        if not tag["attributes"].endswith("/") and tag["name"].lower() not in _VOID:
            depth += 1
        if depth > MOST_NESTED_ELEMENTS:
            raise OverBudget(f"has elements that are nested more than {MOST_NESTED_ELEMENTS} deep")
    defaults = _DEFAULTS.search(source)
    attributes = longest + (len(defaults[0]) if defaults else 0)
    if attributes * elements * _MOST_COPIES > MOST_HTML:
        raise OverBudget(
            f"may make more than {MOST_HTML:,} characters: its attributes are too long"
            f" for {elements:,} elements"
        )
