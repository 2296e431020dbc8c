"""What a row names that stands in another table, and what is wrong with that."""

from collections.abc import Iterator, Mapping

from hub.catalogue.domain.offer import offer_from_row
from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import rule_from_row
from hub.catalogue.domain.template import Kind, kind_of
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import did_you_mean, nearest

_ANY_FIELDS = FieldTypes()


def template_problems(table: str, row: Row, templates: Mapping[str, Row]) -> list[str]:
    """Of a row that can be read: the templates it names must be there, with a body to say."""
    named = {"rules": _of_rule, "offers": _of_offer}.get(table)
    return list(named(row, templates)) if named else []


def _of_rule(row: Row, templates: Mapping[str, Row]) -> Iterator[str]:
    for position, name, channels in rule_from_row(row, _ANY_FIELDS).templates():
        yield from _problems(f"then[{position}]", name, channels, templates)


def _of_offer(row: Row, templates: Mapping[str, Row]) -> Iterator[str]:
    for channel, treatment in offer_from_row(row, _ANY_FIELDS).treatments.items():
        yield from _problems(f"treatments.{channel}", treatment.template, (channel,), templates)


def _problems(
    place: str, name: str, channels: tuple[str, ...], templates: Mapping[str, Row]
) -> Iterator[str]:
    template = templates.get(name)
    if template is None:
        close = did_you_mean(nearest(name, _sayable(templates)))
        yield f"{place} there is no template {name!r}{close}"
    elif kind_of(template) != Kind.TEMPLATE:
        yield f"{place} {name!r} is a {kind_of(template)}, not a template"
    elif not any(channel in template for channel in channels):
        yield f"{place} template {name!r} has no {' or '.join(channels)} body"


def _sayable(templates: Mapping[str, Row]) -> list[str]:
    return [key for key, row in templates.items() if kind_of(row) == Kind.TEMPLATE]
