"""`set` gives a trait a value, as of the time of the event."""

from hub.catalogue.domain.verbs.set_trait import SetTrait
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.kernel.times import to_milliseconds
from hub.profile.domain.trait_kinds import find_kind_problem
from hub.profile.domain.traits import apply_traits

NEWER_VALUE_KNOWN = "something later is known of it"


def execute(verb: SetTrait, context: VerbContext) -> Effects:
    """A value from a later time stays; then the choice has the gate `NEWER_VALUE_KNOWN`. A value of
    a kind that the profile does not hold there is refused."""
    event, before, _, _ = context.decision.scope
    block, _, field = verb.trait.partition(".")
    set_at = to_milliseconds(event.effective_at)
    if problem := find_kind_problem(verb.trait, verb.value):
        gate = f"{verb.trait} {problem}"
        choice = Choice(rule_id=context.rule.rule_id, do=verb.do, subject=verb.trait, gate=gate)
        return Effects(customer=before, choices=(choice,))
    customer = apply_traits(before, {block: {field: verb.value}}, lambda _: set_at)
    is_set = getattr(customer, block).get(field) == verb.value
    choice = Choice(
        rule_id=context.rule.rule_id,
        do=verb.do,
        subject=verb.trait,
        made=str(verb.value) if is_set else "",
        gate="" if is_set else NEWER_VALUE_KNOWN,
    )
    return Effects(customer=customer, choices=(choice,))
