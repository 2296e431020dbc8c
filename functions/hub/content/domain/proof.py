"""Proofs: the results of checking and trying a template before it is published.

`hub.content.steps.proofread_template` makes them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from hub.catalogue.domain.shared_content import Brand, Snippet
from hub.catalogue.domain.template import Template
from hub.kernel.json_types import JsonObject
from hub.model.customer import Customer


class TemplateVariable(NamedTuple):
    """A variable that a template reads: `customer`, `person`, `first_name`; and its line."""

    path: tuple[str, ...]
    line: int


class Sample(NamedTuple):
    """A customer to try a template on; `who` describes the customer in a warning."""

    who: str
    customer: Customer
    event: JsonObject
    offer: JsonObject | None = None


class Proof(NamedTuple):
    """The result. `problems` prevent the publication of the row, `warnings` do not. `html` is the
    compiled MJML by language."""

    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()
    html: Mapping[str, str] = {}


Proofread = Callable[[Template | Snippet | Brand, Sequence[Sample]], Proof]


def skip_proofreading(_: Template | Snippet | Brand, __: Sequence[Sample] = ()) -> Proof:
    """The `Proofread` of a publisher that does not proofread."""
    return Proof()
