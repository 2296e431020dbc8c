"""`suppress` stops marketing about a category, goal or strategy for some time."""

from hub.catalogue.domain.verbs.suppress import Suppress
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.kernel.duration import parse_duration
from hub.kernel.times import to_iso


def execute(verb: Suppress, context: VerbContext) -> Effects:
    _, before, now, _ = context.decision.scope
    subject, until = f"{verb.kind}:{verb.name}", now + parse_duration(verb.duration)
    customer = before.with_contact_history(before.contact_history.suppress(subject, until))
    choice = Choice(rule_id=context.rule.rule_id, do=verb.do, subject=subject, made=to_iso(until))
    return Effects(customer=customer, choices=(choice,))
