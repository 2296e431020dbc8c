"""What might be said to a customer: one offer, or one template, on one channel.

Nothing of a customer is in it, so what an offer may be said as is known once its catalogue is.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.template import Template
from hub.catalogue.domain.verb import Verb, select_channels
from hub.learning.domain.decaying_counters import Arm
from hub.model.channels import MESSAGE_CHANNELS

MESSAGE_VERBS = ("send", "offer", "call")


class Request(NamedTuple):
    """A verb that asks to speak: of which rule, in which dialogue."""

    rule_id: str
    strategy: str
    priority: int
    position: int
    verb: Verb

    @property
    def words(self) -> Mapping[str, Any]:
        return self.verb.words


def list_requests(rule: Rule) -> list[Request]:
    """What a rule asks to say, in the order of its verbs."""
    return [
        Request(rule.rule_id, rule.strategy, rule.priority, position, verb)
        for position, verb in enumerate(rule.then)
        if verb.do in MESSAGE_VERBS
    ]


class Candidate(NamedTuple):
    """One way to fulfil a request. `subject` is the offer's id, or the template's where there is
    none, and `arm` what the learner knows it as. `queue` is the one that a call is put
    in; with `placements` it is said only there. `value` is what it brings when it is answered,
    `cost` what saying it costs, in minor units."""

    subject: str
    channel: str
    arm: Arm
    template: Template
    category: str
    goal: str
    value: float
    cost: float
    queue: str = ""
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
                offer.offer_id,
                channel,
                Arm(offer.offer_id, channel),
                template,
                offer.category,
                offer.goal.name if offer.goal else "",
                offer.value * offer.weight,
                costs.get(channel, 0.0) + offer.cost,
                treatment.queue,
                offer,
                treatment.placements,
                offer.priority,
            )


def list_template_candidates(
    words: Mapping[str, Any], template: Template, costs: ChannelCosts
) -> Iterator[Candidate]:
    """All ways in which a template may be said, as the words of a `send` or a `call` want it."""
    queue = words.get("queue", "")
    for channel in ("call",) if queue else select_channels(words, MESSAGE_CHANNELS):
        if channel in template.bodies:
            yield Candidate(
                template.template_id,
                channel,
                Arm(template.template_id, channel),
                template,
                str(words.get("category", "")),
                str(words.get("goal", "")),
                words.get("value", 0),
                costs.get(channel, 0.0),
                queue,
            )
