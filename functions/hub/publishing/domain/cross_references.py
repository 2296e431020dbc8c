"""Checks the templates that rules and offers name."""

from collections.abc import Iterator, Mapping

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.shared_content import TemplateKind, read_kind
from hub.catalogue.domain.tables import OFFERS, RULES
from hub.kernel.did_you_mean import find_nearest, format_suggestion


def find_template_problems(table: str, row: Row, templates: Mapping[str, Row]) -> list[str]:
    """Finds the templates that a readable row names and that do not exist or lack the channel's
    body."""
    find_problems = {"rules": _find_rule_problems, "offers": _find_offer_problems}.get(table)
    return list(find_problems(row, templates)) if find_problems else []


def _find_rule_problems(row: Row, templates: Mapping[str, Row]) -> Iterator[str]:
    for position, name, channels in RULES.read(row).list_templates():
        yield from _find_reference_problems(f"then[{position}]", name, channels, templates)


def _find_offer_problems(row: Row, templates: Mapping[str, Row]) -> Iterator[str]:
    for channel, treatment in OFFERS.read(row).treatments.items():
        yield from _find_reference_problems(
            f"treatments.{channel}", treatment.template, (channel,), templates
        )


def _find_reference_problems(
    place: str, name: str, channels: tuple[str, ...], templates: Mapping[str, Row]
) -> Iterator[str]:
    template = templates.get(name)
    if template is None:
        close = format_suggestion(find_nearest(name, _list_templates(templates)))
        yield f"{place} there is no template {name!r}{close}"
    elif read_kind(template) != TemplateKind.TEMPLATE:
        yield f"{place} {name!r} is a {read_kind(template)}, not a template"
    elif not any(channel in template for channel in channels):
        yield f"{place} template {name!r} has no {' or '.join(channels)} body"


def _list_templates(templates: Mapping[str, Row]) -> list[str]:
    return [key for key, row in templates.items() if read_kind(row) == TemplateKind.TEMPLATE]
