"""Calls that the call centre has. Every event of the customer checks them again, so that unwanted
calls are withdrawn."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub.contact_policy.domain.contactability import take_last_look
from hub.kernel.times import parse_time
from hub.model.action_content import Call, Withdrawal
from hub.model.contact_history import ContactHistory
from hub.model.contact_history_entries import OpenCall
from hub.model.customer import Customer
from hub.model.decision import Action

WITHDRAWAL_LIFETIME = timedelta(days=1)


def open_call(history: ContactHistory, action: Action) -> ContactHistory:
    """Records a call that was decided, without what only its script needs."""
    content = action.what.without_script() if isinstance(action.what, Call) else action.what
    event = {name: value for name, value in action.event.items() if name != "properties"}
    kept = replace(action, what=content, event=event, showing={}, claims=(), again={})
    return history.open_call(action.id, OpenCall(kept.to_dict()))


def withdraw_calls(
    before: Customer, customer: Customer, decision_id: str, now: datetime
) -> tuple[Customer, list[Action]]:
    """Returns the customer without the calls that expired or are unwanted, and an action for each
    unwanted call that withdraws it.

    `before` is the customer before the event. If the event erased the customer, only `before` still
    has the calls."""
    history = customer.contact_history
    calls = history.calls or before.contact_history.calls
    withdrawals = []
    for action_id, call in calls.items():
        if now >= parse_time(call.expires_at):
            history = history.close_call(action_id)
        elif call.reference:
            action = Action.from_dict(call.action)
            if take_last_look(customer, action, now):
                history = history.close_call(action_id)
                withdrawals.append(_build_withdrawal(action, call.reference, decision_id, now))
    return customer.with_contact_history(history), withdrawals


def _build_withdrawal(action: Action, reference: str, decision_id: str, now: datetime) -> Action:
    """The withdrawal has no address, because the customer may be erased."""
    queue = action.what.queue if isinstance(action.what, Call) else ""
    return replace(
        action,
        id=f"{action.id}.withdrawn",
        address="",
        decision_id=decision_id,
        decided_at=now,
        expires_at=now + WITHDRAWAL_LIFETIME,
        what=Withdrawal(withdraws=action.id, task=reference, queue=queue),
    )
