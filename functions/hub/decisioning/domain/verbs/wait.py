"""`wait` makes a timer that ends in an event."""

from dataclasses import replace

from hub.catalogue.domain.verbs.wait import Wait
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.decisioning.domain.follow_up_event import build_follow_up
from hub.kernel.duration import parse_duration
from hub.model.decision import Timer


def execute(verb: Wait, context: VerbContext) -> Effects:
    _, customer, now, _ = context.decision.scope
    timer_id = f"t-{context.derive_id()}"
    due_at = now + parse_duration(verb.duration)
    event = build_follow_up(context, verb.then, timer_id, due_at, begins_anew=True)
    event = replace(event, context={**event.context, "waited": verb.duration})
    timer = Timer(
        id=timer_id,
        customer_id=customer.customer_id,
        due_at=due_at,
        event=event.to_dict(),
    )
    choice = Choice(
        rule_id=context.rule.rule_id,
        do=verb.do,
        subject=f"{verb.duration} for {verb.then}",
        made=timer_id,
    )
    return Effects(customer=customer, timers=(timer,), choices=(choice,))
