"""`append` makes an action that appends the event to a dataset."""

from hub.catalogue.domain.verbs.append import AppendRecord
from hub.decisioning.domain.build_actions import build_action
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.model.action_content import Record
from hub.model.channels import WAREHOUSE_CHANNEL


def execute(verb: AppendRecord, context: VerbContext) -> Effects:
    decision, rule, _ = context
    event, customer, _, _ = decision.scope
    action = build_action(
        decision,
        rule,
        event,
        id=f"a-{context.derive_id()}",
        channel=WAREHOUSE_CHANNEL,
        what=Record(dataset=verb.dataset),
    )
    choice = Choice(rule_id=rule.rule_id, do=verb.do, subject=verb.dataset, made=action.id)
    return Effects(customer=customer, actions=(action,), choices=(choice,))
