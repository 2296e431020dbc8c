"""Proofreads the templates that changed and keeps the proofs with the catalogue."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.shared_content import (
    Snippet,
    TemplateKind,
    read_kind,
    read_shared_content,
    snippet_from_row,
)
from hub.catalogue.domain.tables import OFFERS, RULES
from hub.catalogue.domain.template import Template, template_from_row
from hub.content.domain.proof import Proof, Proofread, Sample
from hub.content.domain.sample_customers import EMPTY_EVENT, build_full_customer
from hub.kernel.errors import explain_fault
from hub.kernel.json_types import Json, JsonObject
from hub.publishing.domain.linting.match_rate import RecallEpisodes, TableChanges

MAX_RECORDED = 3
MAX_OFFERS = 5


def proofread_templates(
    rows: Mapping[str, Mapping[str, Row]],
    changed: TableChanges,
    before: JsonObject,
    proofread: Proofread,
    recall: RecallEpisodes,
) -> dict[str, dict[str, Json]]:
    """Builds `html`, the compiled MJML by template and language, and `proofs`, the warnings of each
    row.

    `before` is the last snapshot. A template that did not change keeps its proof from there, unless
    a snippet or brand changed."""
    proofs: dict[str, dict[str, Json]] = {"html": {}, "proofs": {}}
    templates = rows["templates"]
    edited = _find_edited_templates(changed, {**before["rows"].get("templates", {}), **templates})
    shared = read_shared_content(templates)
    for key, row in templates.items():
        if read_kind(row) == TemplateKind.BRAND:
            continue
        if edited is not None and key not in edited:
            results = {name: before[name][key] for name in proofs if key in before.get(name, {})}
        elif read_kind(row) == TemplateKind.SNIPPET:
            proof = _proofread(proofread, partial(snippet_from_row, row), _use_no_samples)
            results = {"proofs": list(proof.warnings)}
        else:
            proof = _proofread(
                proofread,
                partial(template_from_row, row, shared),
                partial(_build_samples, key, rows, recall),
                _use_no_samples,
            )
            results = {"proofs": list(proof.warnings), "html": dict(proof.html)}
        for name, value in results.items():
            if value:
                proofs[name][key] = value
    return proofs


def _proofread(
    proofread: Proofread,
    read: Callable[[], Template | Snippet],
    *attempts: Callable[[], Iterable[Sample]],
) -> Proof:
    """Proofreads with the samples of the first attempt that does not fail; each attempt that fails
    becomes a warning."""
    warnings: list[str] = []
    for build_samples in attempts:
        try:
            proof = proofread(read(), [*build_samples()])
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
            warnings.append(f"it was not tried on all samples: {explain_fault(error)}")
        else:
            return proof._replace(warnings=[*proof.warnings, *warnings])
    return Proof(warnings=warnings)


def _use_no_samples() -> Iterable[Sample]:
    """Returns no samples besides the invented ones."""
    return ()


def _find_edited_templates(
    changed: TableChanges, templates: Mapping[str, Row]
) -> Collection[str] | None:
    """Finds the templates to proofread again; None for all, because a snippet or brand changed."""
    keys = {key for keys_of_kind in changed.get("templates", {}).values() for key in keys_of_kind}
    shared_changed = any(read_kind(templates[key]) != TemplateKind.TEMPLATE for key in keys)
    return None if shared_changed else keys


def _build_samples(
    key: str, rows: Mapping[str, Mapping[str, Row]], recall: RecallEpisodes
) -> Iterator[Sample]:
    """Yields customers who would have got the template recently, and one for each of its offers."""
    for rule in RULES.read_all(rows.get("rules", {})).values():
        if any(name == key for _, name, _ in rule.list_templates()):
            yield from _build_recorded_samples(rule.event, recall)
    offers = OFFERS.read_all(rows.get("offers", {})).values()
    using = (o for o in offers if any(t.template == key for t in o.treatments.values()))
    for offer in islice(using, MAX_OFFERS):
        yield Sample(
            f"offer {offer.offer_id}", build_full_customer(""), EMPTY_EVENT, offer.template_values
        )


def _build_recorded_samples(event_type: str, recall: RecallEpisodes) -> Iterator[Sample]:
    for recorded in recall(event_type)[:MAX_RECORDED]:
        for event in recorded.episode.events:
            if event.type == event_type:
                values = {**EMPTY_EVENT, "type": event.type, "properties": event.properties}
                yield Sample(f"a customer with a recorded {event_type}", recorded.before, values)
