"""Proofread: a template is read and tried on people who might get it, before it is published."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.catalogue.domain.template import Bodies, Brand, Snippet, Template
from hub.content.domain.mjml_liquid import compile_mjml
from hub.content.domain.proof import Proof, Sample, TemplateVariable
from hub.content.domain.sample_customers import (
    build_full_customer,
    build_minimal_customer,
    build_sample_event,
)
from hub.content.domain.sms_segments import GSM_7, check_sms_length, measure_sms
from hub.content.domain.template_scope import FORMAT_VARIABLES, build_scope
from hub.content.ports import Renderer
from hub.expression.domain.field_types import ANY, TEXT, Field, FieldKind, FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.kernel.errors import Missing, Rejected

FULL_SAMPLE, MINIMAL_SAMPLE = "somebody well known", "somebody hardly known"
_OFFER = {"id": "sample", "name": "Sample offer", "partner": "Sample partner"}
_UNQUOTED = re.compile(
    r"""<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*?\s((?:[\w-]+\s*=\s*)?[^\s"'<>{]*\{\{)""", re.IGNORECASE
)
"""Escaping keeps within its quotes what is put into an attribute, and needs them for that."""
_WITH_LINKS = ("email.", "body.")
_LIST_MEMBERS = ("size", "first", "last")
_DECISION = {"id": "d-0123456789ab", "reference": "a-0123456789ab", "code": "SAMPLE-CODE"}
_PREFERENCES = {
    "url": "https://hub.example.com/preferences/sample",
    "unsubscribe": "https://hub.example.com/preferences/sample",
}


class _Finding(NamedTuple):
    """`stops`: nobody could be told this. `missing` is what is not known, and of whom."""

    place: str
    text: str
    stops: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ProofreadTemplate:
    """`names_in` gives what a Liquid text asks for, `to_html` makes HTML of MJML; each raises
    `Rejected` where the text is none."""

    renderer: Renderer
    find_variables: Callable[[str], Sequence[TemplateVariable]]
    to_html: Callable[[str], str]
    fields: FieldTypes = field(default_factory=FieldTypes)

    def __call__(
        self, wording: Template | Snippet | Brand, samples: Sequence[Sample] = ()
    ) -> Proof:
        """`samples` are people it is tried on besides those who are made up."""
        if isinstance(wording, Snippet):
            problems, warnings = self._check_texts(
                {"body": wording.body}, _collect_variables(self.fields), open_=True
            )
            return Proof(problems, warnings)
        if not isinstance(wording, Template):
            return Proof()
        problems, warnings = self._check_texts(
            wording.bodies, _collect_variables(self.fields, wording.brand)
        )
        html = dict(self._compile_emails(wording, problems))
        if problems:
            return Proof(problems, warnings)
        found = dict.fromkeys(self._try_samples(wording.add_compiled_html(html), samples))
        problems += [f"{one.place} {one.text}" for one in found if one.stops]
        warnings += _merge_warnings(one for one in found if not one.stops)
        return Proof(problems, warnings, html)

    def _check_texts(
        self, bodies: Bodies, roots: Mapping[str, Field], *, open_: bool = False
    ) -> tuple[list[str], list[str]]:
        """What its words are, whoever they are said to. A snippet is `open_`: it may be given
        names by who renders it."""
        problems, warnings = list[str](), list[str]()
        for place, text in _list_texts(bodies):
            try:
                only_here = roots if place.startswith(_WITH_LINKS) else _drop_links(roots)
                for name in self.find_variables(text):
                    said = _find_unknown(name, only_here, open_=open_)
                    of_event = name.path[:2] == ("event", "properties")
                    (warnings if of_event else problems).extend(f"{place} {one}" for one in said)
            except Rejected as wrong:
                problems.append(f"{place} {wrong.reason}")
            if place.endswith(".html") and (bare := _UNQUOTED.search(text)):
                problems.append(f"{place} {bare[1]} wants quotes around what is put in")
        return problems, warnings

    def _compile_emails(self, template: Template, problems: list[str]) -> Iterator[tuple[str, str]]:
        """The HTML of the MJML, by language."""
        for language, body in template.bodies.get("email", {}).items():
            if "mjml" not in body:
                continue
            piece = template.localize("email", language)
            try:
                html = compile_mjml(body["mjml"], piece.snippets, self.to_html)
                self.find_variables(html)
            except Rejected as wrong:
                problems.append(f"email.{language}.mjml {wrong.reason}")
            else:
                yield language, html

    def _try_samples(self, template: Template, samples: Sequence[Sample]) -> Iterator[_Finding]:
        """What is missing even of somebody known well is left to the samples: it is a matter of
        events and offers."""
        event = build_sample_event(self.fields)
        for channel, languages in template.bodies.items():
            for language in languages:
                well = Sample(FULL_SAMPLE, build_full_customer(language), event, _OFFER)
                hardly = Sample(MINIMAL_SAMPLE, build_minimal_customer(language), event, _OFFER)
                tried = list(self._try_sample(template, channel, language, well))
                never = {(one.place, one.text) for one in tried}
                yield from (one for one in tried if not one.missing)
                for one in self._try_sample(template, channel, language, hardly):
                    if one.missing and (one.place, one.text) not in never:
                        yield one
                for sample in samples:
                    yield from self._try_sample(template, channel, language, sample)

    def _try_sample(
        self, template: Template, channel: str, language: str, sample: Sample
    ) -> Iterator[_Finding]:
        piece = template.localize(channel, language)
        scope = build_scope(
            template,
            piece,
            sample.customer,
            event=sample.event,
            decision=_DECISION,
            action={},
            offer=sample.offer or {},
            **({"preferences": _PREFERENCES} if channel == "email" else {}),
        )
        for part, text in piece.body.items():
            place = f"{channel}.{language}.{part}"
            try:
                said = self.renderer.render({part: text}, scope, piece.snippets)[part]
            except Missing as missing:
                yield _Finding(place, missing.reason, missing=f"{missing.reason} of {sample.who}")
            except Rejected as wrong:
                # What is known of real people is not quoted on a row.
                why = (
                    wrong.reason
                    if sample.who in (FULL_SAMPLE, MINIMAL_SAMPLE)
                    else "cannot be written"
                )
                yield _Finding(place, f"{why} (tried on {sample.who})")
            else:
                yield from _check_length(channel, place, said)


def _merge_warnings(found: Iterable[_Finding]) -> Iterator[str]:
    """What is missing in several places is said once."""
    lacking: dict[str, list[str]] = {}
    for one in found:
        if one.missing:
            lacking.setdefault(one.missing, []).append(one.place)
        else:
            yield f"{one.place} {one.text}"
    for missing, places in lacking.items():
        yield f"{', '.join(places)}: {missing}, who would get nothing: use default or if"


def _check_length(channel: str, place: str, text: str) -> Iterator[_Finding]:
    if not text.strip():
        yield _Finding(place, "is empty", stops=True)
    elif channel == "sms":
        if wrong := check_sms_length(text):
            yield _Finding(place, wrong, stops=True)
        elif (size := measure_sms(text)).segments > 1:
            why = "" if size.encoding == GSM_7 else ", as not all of it is in the SMS alphabet"
            yield _Finding(place, f"takes {size.segments} segments in {size.encoding}{why}")


def _list_texts(bodies: Bodies) -> Iterator[tuple[str, str]]:
    for channel, languages in bodies.items():
        for language, parts in languages.items():
            for part, text in parts.items():
                yield f"{channel}.{language}.{part}", text


def _collect_variables(fields: FieldTypes, brand: Brand | None = None) -> dict[str, Field]:
    """`brand` is None where it may be any."""
    own = dict.fromkeys(("customer_id", "identities", "limits", "proofs", "recent", "version"), ANY)
    customer = Field(FieldKind.BLOCK, members={**fields.customer.members, **own})
    members = {n: m for event in fields.events.values() for n, m in event.members.items()}
    properties = Field(FieldKind.BLOCK, members=members) if members else ANY
    event = {**dict.fromkeys(("id", "type", "occurred_at"), TEXT), "properties": properties}
    named = {
        "decision": dict.fromkeys(_DECISION, TEXT),
        "preferences": dict.fromkeys(_PREFERENCES, TEXT),
    }
    return {
        "customer": customer,
        "event": Field(FieldKind.BLOCK, members=event),
        **{root: Field(FieldKind.BLOCK, members=known) for root, known in named.items()},
        "brand": ANY if brand is None else _to_field(brand),
        "offer": ANY,
        "action": ANY,
        **dict.fromkeys(FORMAT_VARIABLES, TEXT),
    }


def _drop_links(roots: Mapping[str, Field]) -> dict[str, Field]:
    return {root: known for root, known in roots.items() if root != "preferences"}


def _to_field(value: Any) -> Field:
    if not isinstance(value, Mapping):
        return TEXT if isinstance(value, str) else ANY
    return Field(
        FieldKind.BLOCK, members={str(name): _to_field(one) for name, one in value.items()}
    )


def _find_unknown(
    name: TemplateVariable, roots: Mapping[str, Field], *, open_: bool
) -> Iterator[str]:
    root, *path = name.path
    at: Field | None = roots.get(root)
    said = root
    if at is None:
        close = find_nearest(root, roots)
        if close or not open_:
            yield f"line {name.line}: {root} is not known{format_suggestion(close)}"
        return
    for step in path:
        if at.kind is FieldKind.LIST or step in _LIST_MEMBERS:
            return
        known, above = at, said
        at, said = at.member(step), f"{said}.{step}"
        if at is None:
            close = find_nearest(step, known.members)
            meant = format_suggestion(f"{above}.{close}" if close else None)
            yield f"line {name.line}: {'.'.join(name.path)} is not known{meant}"
            return
