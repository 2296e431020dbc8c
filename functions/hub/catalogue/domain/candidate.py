"""Candidates: one way to fulfil a request, which is one offer or template on one channel.

A candidate holds nothing of a customer, so the candidates of an offer follow from the catalogue.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.template import Template
from hub.catalogue.domain.validity import UNLIMITED, Validity
from hub.catalogue.domain.verbs.message_verb import MessageVerb, TemplateVerb
from hub.learning.domain.decaying_counters import Arm


class Request(NamedTuple):
    """What one verb of a rule asks for. `position` is that of the verb in `then`, from 0, and
    `validity` that of the rule. `name` names the verb in its rule, also after an edit."""

    rule_id: str
    strategy: str
    priority: int
    position: int
    verb: MessageVerb
    validity: Validity = UNLIMITED
    name: str = ""


def list_requests(rule: Rule) -> list[Request]:
    """Lists what a rule asks for, in the order of its verbs. Verbs that ask for the same are
    numbered."""
    requests, names = list[Request](), Counter[str]()
    for position, verb in enumerate(rule.then):
        if isinstance(verb, MessageVerb) and verb.is_message:
            name = verb.derive_name()
            names[name] += 1
            numbered = f"{name} {names[name]}" if names[name] > 1 else name
            requests.append(
                Request(
                    rule.rule_id,
                    rule.strategy,
                    rule.priority,
                    position,
                    verb,
                    rule.validity,
                    numbered,
                )
            )
    return requests


@dataclass(slots=True, kw_only=True)  # Frozen it takes three times as long to make.
class Candidate:
    """One way to fulfil a request.

    `subject` is the id of the offer or, without an offer, of the template. If a connector writes to
    the customer, it names connector and operation, and the template has but the purpose. `arm` is
    the name for
    the learner. `queue` is the call queue, and `reason` says to the agent why the customer is
    called. `placements` are those at which it may be shown (empty: any). `value` is what a response
    brings and `cost` what sending it costs, both in minor units.
    """

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
        """Empty for a template that is part of no offer."""
        return self.subject if self.offer else ""

    def is_allowed_at(self, placement: str) -> bool:
        """Whether it may be shown at the placement."""
        return not self.placements or placement in self.placements


ChannelCosts = Mapping[str, float]
"""Channel -> what a message on it costs, in minor units."""


def list_offer_candidates(
    offer: Offer, templates: Mapping[str, Template], costs: ChannelCosts
) -> Iterator[Candidate]:
    """Lists a candidate for each treatment of the offer whose template has a body on its
    channel."""
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
    """Lists a candidate for each of the channels on which the template has a body."""
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
