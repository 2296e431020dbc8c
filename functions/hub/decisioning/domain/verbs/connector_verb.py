"""`update` and `notify` make an action that calls a connector."""

from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb
from hub.contact_policy.domain.contactability import check_consent, find_open_addresses
from hub.decisioning.domain.build_actions import build_action, parse_lifetime
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.model.action_content import ConnectorCall
from hub.model.channels import CONNECTOR_CHANNEL


def execute(verb: ConnectorVerb, context: VerbContext) -> Effects:
    """A system that writes to people needs their consent and an address."""
    decision, rule, _ = context
    event, customer, now, _ = decision.scope
    channel = verb.channel or CONNECTOR_CHANNEL
    addresses, unreachable = find_open_addresses(customer, channel, verb.purpose or "")
    gate = check_consent(customer, channel, verb.purpose or "") or unreachable
    subject = " ".join(filter(None, (verb.connector, verb.operation)))
    if gate:
        choice = Choice(
            rule_id=rule.rule_id, do=verb.do, subject=subject, gate=gate, channel=channel
        )
        return Effects(customer=customer, choices=(choice,))
    action = build_action(
        decision,
        rule,
        event,
        id=f"a-{context.derive_id()}",
        channel=CONNECTOR_CHANNEL,
        what=_build_content(verb),
        address=addresses[0] if addresses else "",
        expires_at=now + parse_lifetime(verb.expires),
    )
    choice = Choice(rule_id=rule.rule_id, do=verb.do, subject=subject, made=action.id)
    return Effects(customer=customer, actions=(action,), choices=(choice,))


def _build_content(verb: ConnectorVerb) -> ConnectorCall:
    return ConnectorCall(
        connector=verb.connector,
        operation=verb.operation or "",
        fields=verb.fields,
        channel=verb.channel or "",
        purpose=verb.purpose or "",
        words=verb.list_rule_words(),
    )
