"""What might be said to a customer: one offer, or one template, on one channel.

Nothing of a customer is in it, so what an offer may be said as is known once its catalogue is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.template import Template
from hub.catalogue.domain.verbs.message_verb import MessageVerb, TemplateVerb
from hub.learning.domain.decaying_counters import Arm


class Request(NamedTuple):
    """A verb that asks to speak: of which rule, in which dialogue."""

    rule_id: str
    strategy: str
    priority: int
    position: int
    verb: MessageVerb


def list_requests(rule: Rule) -> list[Request]:
    """What a rule asks to say, in the order of its verbs."""
    return [
        Request(rule.rule_id, rule.strategy, rule.priority, position, verb)
        for position, verb in enumerate(rule.then)
        if isinstance(verb, MessageVerb)
    ]


@dataclass(slots=True, kw_only=True)  # Frozen it takes three times as long to make.
class Candidate:
    """One way to fulfil a request. `subject` is the offer's id, or the template's where there is
    none, and `arm` what the learner knows it as. `queue` is the one that a call is put in, and
    `reason` tells its agent why; with `placements` it is a candidate only there. `value` is what it
    brings when it is answered, `cost` what sending it costs, in minor units."""

    subject: str
    channel: str
    arm: Arm
    template: Template
    category: str
    goal: str
    value: float
    cost: float
    queue: str = ""
    reason: str = ""
    offer: Offer | None = None
    placements: tuple[str, ...] = ()
    priority: int = 0

    @property
    def offer_id(self) -> str:
        return self.subject if self.offer else ""

    def is_allowed_at(self, placement: str) -> bool:
        return not self.placements or placement in self.placements


ChannelCosts = Mapping[str, float]
"""What a message costs, by channel."""


def list_offer_candidates(
    offer: Offer, templates: Mapping[str, Template], costs: ChannelCosts
) -> Iterator[Candidate]:
    """All ways in which an offer may be said, as far as there is a template."""
    for channel, treatment in offer.treatments.items():
        template = templates.get(treatment.template)
        if template and channel in template.bodies:
            yield Candidate(
                subject=offer.offer_id,
                channel=channel,
                arm=Arm(offer.offer_id, channel),
                template=template,
                category=offer.category,
                goal=offer.goal.name if offer.goal else "",
                value=offer.value * offer.weight,
                cost=costs.get(channel, 0.0) + offer.cost,
                queue=treatment.queue,
                reason=offer.name or offer.offer_id,
                offer=offer,
                placements=treatment.placements,
                priority=offer.priority,
            )


def list_template_candidates(
    verb: TemplateVerb,
    template: Template,
    costs: ChannelCosts,
    *,
    channels: Iterable[str],
    queue: str = "",
    reason: str = "",
) -> Iterator[Candidate]:
    """Each of the channels for which the template has a body."""
    for channel in channels:
        if channel in template.bodies:
            yield Candidate(
                subject=template.template_id,
                channel=channel,
                arm=Arm(template.template_id, channel),
                template=template,
                category=verb.category or "",
                goal=verb.goal or "",
                value=verb.value or 0,
                cost=costs.get(channel, 0.0),
                queue=queue,
                reason=reason,
            )
