"""What proofreading said of the templates that changed, kept with the catalogue it was said of."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.tables import OFFERS, RULES
from hub.catalogue.domain.template import (
    TemplateKind,
    read_kind,
    read_shared_content,
    snippet_from_row,
    template_from_row,
)
from hub.content.domain.proof import Proofread, Sample
from hub.content.domain.sample_customers import EMPTY_EVENT, build_full_customer
from hub.publishing.domain.linting.match_rate import RecallEpisodes, TableChanges

MAX_RECORDED = 3
MAX_OFFERS = 5


def proofread_templates(
    rows: Mapping[str, Mapping[str, Row]],
    changed: TableChanges,
    before: Mapping[str, Any],
    proofread: Proofread,
    recall: RecallEpisodes,
) -> dict[str, dict[str, Any]]:
    """`html` is what MJML was made into, by template and language; `proofs` are the warnings of
    each row. What did not change is as it was `before`, unless what templates share has."""
    found: dict[str, dict[str, Any]] = {"html": {}, "proofs": {}}
    templates = rows["templates"]
    edited = _find_edited_templates(changed, {**before["rows"].get("templates", {}), **templates})
    shared = read_shared_content(templates)
    for key, row in templates.items():
        if read_kind(row) == TemplateKind.BRAND:
            continue
        if edited is not None and key not in edited:
            known = {name: before[name][key] for name in found if key in before.get(name, {})}
        elif read_kind(row) == TemplateKind.SNIPPET:
            known = {"proofs": list(proofread(snippet_from_row(row), ()).warnings)}
        else:
            samples = [*_build_samples(key, rows, recall)]
            proof = proofread(template_from_row(row, shared), samples)
            known = {"proofs": list(proof.warnings), "html": dict(proof.html)}
        for name, value in known.items():
            if value:
                found[name][key] = value
    return found


def _find_edited_templates(
    changed: TableChanges, templates: Mapping[str, Row]
) -> Collection[str] | None:
    """The templates to be read again; None when they all are."""
    keys = {key for of_kind in changed.get("templates", {}).values() for key in of_kind}
    lent = any(read_kind(templates[key]) != TemplateKind.TEMPLATE for key in keys)
    return None if lent else keys


def _build_samples(
    key: str, rows: Mapping[str, Mapping[str, Row]], recall: RecallEpisodes
) -> Iterator[Sample]:
    """Those to whom it would have been said lately, and everybody with the offers it is for."""
    for rule in RULES.read_all(rows.get("rules", {})).values():
        if any(name == key for _, name, _ in rule.list_templates()):
            yield from _build_recorded_samples(rule.event, recall)
    offers = OFFERS.read_all(rows.get("offers", {})).values()
    named = (o for o in offers if any(t.template == key for t in o.treatments.values()))
    for offer in islice(named, MAX_OFFERS):
        yield Sample(
            f"offer {offer.offer_id}", build_full_customer(""), EMPTY_EVENT, offer.template_values
        )


def _build_recorded_samples(event_type: str, recall: RecallEpisodes) -> Iterator[Sample]:
    for recorded in recall(event_type)[:MAX_RECORDED]:
        for event in recorded.episode.events:
            if event.type == event_type:
                told = {**EMPTY_EVENT, "type": event.type, "properties": event.properties}
                yield Sample(f"somebody with a recorded {event_type}", recorded.before, told)
