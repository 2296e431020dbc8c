"""Proofreading: what is wrong with what a row of the table Templates says, before anybody is told
it. What it takes (the template language, MJML) is in `hub.content.steps.proofread_template`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hub.catalogue.domain.template import Brand, Snippet, Template
from hub.model.customer import Customer


class TemplateVariable(NamedTuple):
    """What a template asks for: `customer`, `person`, `first_name`; and in which line."""

    path: tuple[str, ...]
    line: int


class Sample(NamedTuple):
    """Somebody to try a template on: `who` names them in a warning."""

    who: str
    customer: Customer
    event: Mapping[str, Any]
    offer: Mapping[str, Any] | None = None


class Proof(NamedTuple):
    """`problems` keep the row from being published, `warnings` do not; `html` is what the MJML of
    each language is made into."""

    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()
    html: Mapping[str, str] = {}


Proofread = Callable[[Template | Snippet | Brand, Sequence[Sample]], Proof]


def skip_proofreading(_: Template | Snippet | Brand, __: Sequence[Sample] = ()) -> Proof:
    """Where nobody reads proofs."""
    return Proof()
