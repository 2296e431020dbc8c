"""`emit` makes an event that the customer gets next."""

from dataclasses import replace

from hub.catalogue.domain.verbs.emit import EmitEvent
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.decisioning.domain.follow_up_event import build_follow_up


def execute(verb: EmitEvent, context: VerbContext) -> Effects:
    _, customer, now, _ = context.decision.scope
    event = build_follow_up(context, verb.event, f"v-{context.derive_id()}", now)
    event = replace(event, properties={**event.properties, **(verb.properties or {})})
    choice = Choice(rule_id=context.rule.rule_id, do=verb.do, subject=event.type, made=event.id)
    return Effects(customer=customer, events=(event,), choices=(choice,))
