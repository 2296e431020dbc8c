"""Proofreads a template before it is published: checks it and tries it on sample customers."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.catalogue.domain.shared_content import Brand, Snippet
from hub.catalogue.domain.template import Bodies, LocalizedTemplate, Template
from hub.content.domain.mjml_liquid import RENDER_TAG, compile_mjml
from hub.content.domain.proof import Proof, Sample, TemplateVariable
from hub.content.domain.render_budget import MOST_PROOF_STEPS, OverBudget, RenderBudget
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

FULL_SAMPLE, MINIMAL_SAMPLE = "a customer with all fields", "a customer with few fields"
_OFFER = {"id": "sample", "name": "Sample offer", "partner": "Sample partner"}
_UNQUOTED = re.compile(
    r"""<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*?\s((?:[\w-]+\s*=\s*)?[^\s"'<>{]*\{\{)""", re.IGNORECASE
)
"""Escaping keeps a value within its attribute only if the attribute has quotes."""
_OF_EVENTS = frozenset({"event", "offer", "action"})
_WITH_LINKS = ("email.", "body.")
_LIST_MEMBERS = ("size", "first", "last")
_DECISION = {"id": "d-0123456789ab", "reference": "a-0123456789ab", "code": "SAMPLE-CODE"}
_PREFERENCES = {
    "url": "https://hub.example.com/preferences/sample",
    "unsubscribe": "https://hub.example.com/preferences/sample",
}


class _Finding(NamedTuple):
    """A problem or a warning. With `is_problem` nobody could get this. `missing` says what is not
    known of whom."""

    place: str
    text: str
    is_problem: bool = False
    missing: str = ""
    over_budget: bool = False


@dataclass(frozen=True, slots=True)
class ProofreadTemplate:
    """`find_variables` finds the variables of a Liquid text and `to_html` compiles MJML; both raise
    `Rejected` for an invalid text."""

    renderer: Renderer
    find_variables: Callable[[str], Sequence[TemplateVariable]]
    to_html: Callable[[str], str]
    fields: FieldTypes = field(default_factory=FieldTypes)

    def __call__(
        self, content: Template | Snippet | Brand, samples: Sequence[Sample] = ()
    ) -> Proof:
        """Proofreads the content; `samples` are customers besides the invented ones."""
        if isinstance(content, Snippet):
            problems, warnings = self._check_texts(
                {"body": content.body}, _collect_variables(self.fields), open_=True
            )
            return Proof(problems, warnings)
        if not isinstance(content, Template):
            return Proof()
        problems, warnings = self._check_texts(
            content.bodies, _collect_variables(self.fields, content.brand)
        )
        html = dict(self._compile_emails(content, problems))
        if problems:
            return Proof(problems, warnings)
        total = RenderBudget(MOST_PROOF_STEPS)
        try:
            findings = dict.fromkeys(
                self._try_samples(content.add_compiled_html(html), samples, total)
            )
        except OverBudget as error:
            return Proof([f"with all its texts and samples it {error.reason}"], warnings)
        problems += [
            f"{finding.place} {finding.text}" for finding in findings if finding.is_problem
        ]
        warnings += _merge_warnings(finding for finding in findings if not finding.is_problem)
        return Proof(problems, warnings, html)

    def _check_texts(
        self, bodies: Bodies, roots: Mapping[str, Field], *, open_: bool = False
    ) -> tuple[list[str], list[str]]:
        """Checks the variables of all texts. Returns problems and warnings.

        A snippet is `open_`: the template that renders it may pass other variables."""
        problems, warnings = list[str](), list[str]()
        for place, text in _list_texts(bodies):
            try:
                allowed = roots if place.startswith(_WITH_LINKS) else _drop_links(roots)
                for variable in self.find_variables(text):
                    unknown = _find_unknown(variable, allowed, open_=open_)
                    is_property = variable.path[:2] == ("event", "properties")
                    sentences = warnings if is_property else problems
                    sentences.extend(f"{place} {sentence}" for sentence in unknown)
            except Rejected as rejected:
                problems.append(f"{place} {rejected.reason}")
            if place.endswith(".html") and (unquoted := _UNQUOTED.search(text)):
                problems.append(f"{place} {unquoted[1]} needs quotes around the value")
        return problems, warnings

    def _compile_emails(self, template: Template, problems: list[str]) -> Iterator[tuple[str, str]]:
        """Yields language and HTML of the MJML; adds to `problems`."""
        for language, body in template.bodies.get("email", {}).items():
            if "mjml" not in body:
                continue
            piece = template.localize("email", language)
            try:
                html = compile_mjml(body["mjml"], piece.snippets, self.to_html)
                self.find_variables(html)
            except Rejected as rejected:
                problems.append(f"email.{language}.mjml {rejected.reason}")
            else:
                yield language, html

    def _try_samples(
        self, template: Template, samples: Sequence[Sample], total: RenderBudget
    ) -> Iterator[_Finding]:
        """Tries the template on invented customers and on the samples.

        Raises `OverBudget` if the renders take more steps than `total` has.

        A variable that even the customer with all fields lacks depends on events or offers. Only
        the samples can show whether it is missing."""
        event = build_sample_event(self.fields)
        for channel, languages in template.bodies.items():
            for language in languages:
                full = Sample(FULL_SAMPLE, build_full_customer(language), event, _OFFER)
                minimal = Sample(MINIMAL_SAMPLE, build_minimal_customer(language), event, _OFFER)
                of_full = list(self._try_sample(template, channel, language, full, total))
                always = {(finding.place, finding.text) for finding in of_full}
                over = {finding.place for finding in of_full if finding.over_budget}
                yield from (finding for finding in of_full if not finding.missing)
                for finding in self._try_sample(template, channel, language, minimal, total):
                    is_new = finding.missing and (finding.place, finding.text) not in always
                    if is_new or (finding.over_budget and finding.place not in over):
                        yield finding
                for sample in samples:
                    yield from self._try_sample(template, channel, language, sample, total)

    def _try_sample(
        self,
        template: Template,
        channel: str,
        language: str,
        sample: Sample,
        total: RenderBudget,
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
                rendered = self.renderer.render({part: text}, scope, piece.snippets, total)[part]
            except OverBudget as error:
                if total.steps > total.most_steps:
                    raise
                is_invented = sample.who in (FULL_SAMPLE, MINIMAL_SAMPLE)
                reason = f"{error.reason} (tried on {sample.who})"
                yield _Finding(place, reason, is_invented, over_budget=True)
            except Missing as missing:
                yield _Finding(place, missing.reason, missing=f"{missing.reason} of {sample.who}")
            except Rejected as rejected:
                # The reason may quote a value, and values of real customers must not be on a row.
                reason = (
                    rejected.reason
                    if sample.who in (FULL_SAMPLE, MINIMAL_SAMPLE)
                    else "cannot be rendered"
                )
                is_problem = sample.who == FULL_SAMPLE and not self._reads_event(text, piece)
                yield _Finding(place, f"{reason} (tried on {sample.who})", is_problem)
            else:
                yield from _check_length(channel, place, rendered)

    def _reads_event(self, text: str, piece: LocalizedTemplate) -> bool:
        """Whether a text or a snippet that it renders reads values that are invented without
        knowing what they are: of events and offers. The fields of customers are known."""
        texts, seen = [text], set[str]()
        while texts:
            source = texts.pop()
            try:
                roots = {variable.path[0] for variable in self.find_variables(source)}
            except Rejected:  # a snippet that is wrong: its own row says so
                return True
            if roots & _OF_EVENTS:
                return True
            names = {tag["name"] for tag in RENDER_TAG.finditer(source)} - seen
            seen |= names
            texts += [part for name in names for part in piece.snippets.get(name, {}).values()]
        return False


def _merge_warnings(findings: Iterable[_Finding]) -> Iterator[str]:
    """Yields one warning for a variable that is missing in several places."""
    places_of_missing: dict[str, list[str]] = {}
    for finding in findings:
        if finding.missing:
            places_of_missing.setdefault(finding.missing, []).append(finding.place)
        else:
            yield f"{finding.place} {finding.text}"
    for missing, places in places_of_missing.items():
        yield f"{', '.join(places)}: {missing}, who would get nothing: use default or if"


def _check_length(channel: str, place: str, text: str) -> Iterator[_Finding]:
    if not text.strip():
        yield _Finding(place, "is empty", is_problem=True)
    elif channel == "sms":
        if problem := check_sms_length(text):
            yield _Finding(place, problem, is_problem=True)
        elif (length := measure_sms(text)).segments > 1:
            reason = (
                ""
                if length.encoding == GSM_7
                else " because it has characters outside the SMS alphabet"
            )
            yield _Finding(place, f"takes {length.segments} segments in {length.encoding}{reason}")


def _list_texts(bodies: Bodies) -> Iterator[tuple[str, str]]:
    for channel, languages in bodies.items():
        for language, parts in languages.items():
            for part, text in parts.items():
                yield f"{channel}.{language}.{part}", text


def _collect_variables(fields: FieldTypes, brand: Brand | None = None) -> dict[str, Field]:
    """Collects the variables that a template may read; `brand` is None if it may be any."""
    own = dict.fromkeys(("customer_id", "identities", "limits", "proofs", "recent", "version"), ANY)
    customer = Field(FieldKind.BLOCK, members={**fields.customer.members, **own})
    members = {n: m for event in fields.events.values() for n, m in event.members.items()}
    properties = Field(FieldKind.BLOCK, members=members) if members else ANY
    event = {**dict.fromkeys(("id", "type", "occurred_at"), TEXT), "properties": properties}
    blocks = {
        "decision": dict.fromkeys(_DECISION, TEXT),
        "preferences": dict.fromkeys(_PREFERENCES, TEXT),
    }
    return {
        "customer": customer,
        "event": Field(FieldKind.BLOCK, members=event),
        **{root: Field(FieldKind.BLOCK, members=names) for root, names in blocks.items()},
        "brand": ANY if brand is None else _to_field(brand),
        "offer": ANY,
        "action": ANY,
        **dict.fromkeys(FORMAT_VARIABLES, TEXT),
    }


def _drop_links(roots: Mapping[str, Field]) -> dict[str, Field]:
    return {root: field for root, field in roots.items() if root != "preferences"}


def _to_field(value: object) -> Field:
    if not isinstance(value, Mapping):
        return TEXT if isinstance(value, str) else ANY
    return Field(
        FieldKind.BLOCK, members={str(name): _to_field(inner) for name, inner in value.items()}
    )


def _find_unknown(
    variable: TemplateVariable, roots: Mapping[str, Field], *, open_: bool
) -> Iterator[str]:
    """Yields the sentence about a variable that does not exist, if it does not."""
    root, *names = variable.path
    block = roots.get(root)
    if block is None:
        close = find_nearest(root, roots)
        if close or not open_:
            yield f"line {variable.line}: {root} is not known{format_suggestion(close)}"
        return
    path = root
    for name in names:
        if block.kind is FieldKind.LIST or name in _LIST_MEMBERS:
            return
        member = block.member(name)
        if member is None:
            close = find_nearest(name, block.members)
            suggestion = format_suggestion(f"{path}.{close}" if close else None)
            yield f"line {variable.line}: {'.'.join(variable.path)} is not known{suggestion}"
            return
        block, path = member, f"{path}.{name}"
