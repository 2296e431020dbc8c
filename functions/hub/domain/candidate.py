"""What might be said to a customer: one template on one channel, because a verb asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hub.domain.catalogue import Catalogue
from hub.domain.channels import MESSAGES, OUTBOUND
from hub.domain.event import Event
from hub.domain.offer import Offer
from hub.domain.rule import Rule
from hub.domain.template import Template
from hub.domain.verb import Verb, wanted_channels


@dataclass(frozen=True)
class Request:
    """A verb that asks to speak: of which rule, in which dialogue, on which event. `event` is the
    one its message is about, which was earlier than the one at hand when a decision was put off."""

    rule_id: str
    strategy: str
    priority: int
    position: int
    verb: Verb
    event: Event

    @property
    def words(self) -> Mapping[str, Any]:
        return self.verb.words


def request_of(rule: Rule, position: int, event: Event) -> Request:
    verb = rule.then[position]
    return Request(rule.rule_id, rule.strategy, rule.priority, position, verb, event)


class Candidate(NamedTuple):
    """One way to fulfil a request. `subject` is the offer's id, or the template's where there is
    none; `queue` is the one that a call is put in."""

    request: Request
    channel: str
    template: Template
    subject: str
    offer: Offer | None = None
    queue: str = ""

    @property
    def offer_id(self) -> str:
        return self.subject if self.offer else ""

    @property
    def category(self) -> str:
        return self.offer.category if self.offer else str(self.request.words.get("category", ""))

    @property
    def goal(self) -> str:
        if self.offer:
            return self.offer.goal.name if self.offer.goal else ""
        return str(self.request.words.get("goal", ""))

    @property
    def priority(self) -> tuple[int, int]:
        return self.request.priority, self.offer.priority if self.offer else 0


def offers_of(request: Request, catalogue: Catalogue) -> Sequence[Offer | None]:
    """What it is about: the offers that are asked for, or nothing but the template it names."""
    return catalogue.offers_for(request.words) if request.verb.do == "offer" else (None,)


def ways(request: Request, offer: Offer | None, catalogue: Catalogue) -> Iterator[Candidate]:
    """All ways in which that might be said, whether or not a gate will be open."""
    words = request.words
    if offer:
        yield from treatments(request, offer, wanted_channels(words, OUTBOUND), catalogue)
        return
    template = catalogue.template(words["template"])
    queue = words.get("queue", "")
    channels = ("call",) if queue else wanted_channels(words, MESSAGES)
    for channel in channels:
        if channel in template.bodies:
            yield Candidate(request, channel, template, template.template_id, queue=queue)


def treatments(
    request: Request, offer: Offer, channels: tuple[str, ...], catalogue: Catalogue
) -> Iterator[Candidate]:
    """An offer as it may be said on these channels, at the placement that is asked for."""
    placement = request.words.get("placement")
    for channel, treatment in offer.treatments.items():
        if channel not in channels:
            continue
        if placement and treatment.placements and placement not in treatment.placements:
            continue
        template = catalogue.templates.get(treatment.template)
        if template and channel in template.bodies:
            yield Candidate(request, channel, template, offer.offer_id, offer, treatment.queue)
