"""An extension of Sphinx: each term of the glossary is an anchor, `glossary.md#episode`.

The glossary stays a page of plain tables, which every viewer of Markdown shows.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "glossary"


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", mark_terms)
    return {"parallel_read_safe": True, "version": "1"}


def to_anchors(cell: str) -> list[str]:
    """The anchors of a first cell, which names one term or several: `merge, unmerge`."""
    return [re.sub(r"[^a-z0-9]+", "-", term.strip().lower()) for term in cell.split(",")]


def mark_terms(app: Sphinx, document: nodes.document) -> None:
    """Give the first cell of each row its anchors, and tell MyST of them."""
    if app.env.docname != GLOSSARY:
        return
    slugs = app.env.metadata[GLOSSARY].setdefault("myst_slugs", {})
    for body in document.findall(nodes.tbody):
        for row in body.findall(nodes.row):
            cell = next(row.findall(nodes.entry))
            for anchor in to_anchors(cell.astext()):
                cell["ids"].append(anchor)
                slugs[anchor] = (row.line or 0, anchor, cell.astext())
