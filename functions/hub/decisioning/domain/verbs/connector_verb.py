"""`update` and `notify` make an action that calls a connector. If the system that is called writes
to people, the call is a candidate that passes every gate, as a message does."""

from collections.abc import Iterator

from hub.catalogue.domain.candidate import Candidate
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.language_bodies import DEFAULT_LANGUAGE
from hub.catalogue.domain.policy.channel_cost import ChannelCost, map_costs
from hub.catalogue.domain.template import Template
from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb
from hub.decisioning.domain.build_actions import build_action, build_connector_call, parse_lifetime
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.decisioning.domain.verbs.candidate_finder import IsOfferOpen
from hub.learning.domain.decaying_counters import Arm
from hub.model.channels import CONNECTOR_CHANNEL


def execute(verb: ConnectorVerb, context: VerbContext) -> Effects:
    """Does nothing if the call is a message: then `find_candidates` finds it."""
    decision, rule, _ = context
    event, customer, now, _ = decision.scope
    if verb.is_message:
        return Effects(customer=customer)
    action = build_action(
        decision,
        rule,
        event,
        id=f"a-{context.derive_id()}",
        channel=CONNECTOR_CHANNEL,
        what=build_connector_call(verb),
        expires_at=now + parse_lifetime(verb.expires),
    )
    choice = Choice(rule_id=rule.rule_id, do=verb.do, subject=_name(verb), made=action.id)
    return Effects(customer=customer, actions=(action,), choices=(choice,))


def find_candidates(
    verb: ConnectorVerb, catalogue: Catalogue, _: IsOfferOpen
) -> Iterator[Candidate]:
    """Finds one candidate. The other system has the content, so its template has no body."""
    subject, channel = _name(verb), verb.channel or CONNECTOR_CHANNEL
    purpose = verb.purpose or ""
    yield Candidate(
        subject=subject,
        channel=channel,
        arm=Arm(subject, channel),
        template=Template(
            template_id="", purpose=purpose, bodies={}, default_language=DEFAULT_LANGUAGE
        ),
        category="",
        goal="",
        value=0,
        cost=catalogue.policies.derive(ChannelCost, map_costs).get(channel, 0.0),
    )


def _name(verb: ConnectorVerb) -> str:
    return " ".join(filter(None, (verb.connector, verb.operation)))
