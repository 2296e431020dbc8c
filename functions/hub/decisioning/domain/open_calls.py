"""Calls that lie with the call centre: looked at again whenever something is heard of the customer,
and withdrawn when they are no longer wanted."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hub.contact_policy.domain.contactability import take_last_look
from hub.kernel.times import parse_time
from hub.model.customer import Customer
from hub.model.decision import WITHDRAWN_ACTION, Action
from hub.model.event import Event

CALL = "call"
WITHDRAWAL_LIFETIME = timedelta(days=1)
_KEPT_WORDS = ("purpose", "queue", "template")


def add_call(customer: Customer, action: Action) -> Customer:
    """A call was decided; without what only its script needs."""
    what = {name: action.what[name] for name in _KEPT_WORDS if name in action.what}
    event = {name: told for name, told in action.event.items() if name != "properties"}
    slim = replace(action, what=what, event=event, showing={}, claims=(), again={})
    return _set_call(customer, action.id, slim.to_dict())


def update_call(customer: Customer, event: Event) -> Customer:
    """What the event says of a call: it was handed over, or is done with."""
    action_id = str(event.properties.get("action_id", ""))
    call = customer.limits.get("calls", {}).get(action_id)
    if call is None:
        return customer
    if event.type == "action.delivered":
        return _set_call(
            customer, action_id, {**call, "reference": event.properties.get("reference")}
        )
    done = event.type in ("action.declined", "action.refused", "call.completed")
    return _set_call(customer, action_id, None) if done else customer


def withdraw_calls(
    before: Customer, customer: Customer, decision_id: str, now: datetime
) -> tuple[Customer, list[Action]]:
    """The customer without the calls that are over or unwanted, and the withdrawals of the latter.
    `before` knows the calls even of who is forgotten now."""
    calls = customer.limits.get("calls") or before.limits.get("calls")
    if not calls:
        return customer, []
    withdrawals = []
    for action_id, call in calls.items():
        if now > parse_time(call["expires_at"]):
            customer = _set_call(customer, action_id, None)
        elif reference := call.get("reference"):
            action = Action.from_dict({name: v for name, v in call.items() if name != "reference"})
            if take_last_look(customer, action, now):
                customer = _set_call(customer, action_id, None)
                withdrawals.append(_build_withdrawal(action, reference, decision_id, now))
    return customer, withdrawals


def _build_withdrawal(action: Action, reference: str, decision_id: str, now: datetime) -> Action:
    """It names the task, and no address: it may be of who is forgotten."""
    return replace(
        action,
        id=f"{action.id}.withdrawn",
        address="",
        decision_id=decision_id,
        decided_at=now,
        expires_at=now + WITHDRAWAL_LIFETIME,
        what={
            WITHDRAWN_ACTION: action.id,
            "task": reference,
            "queue": action.what.get("queue", ""),
        },
    )


def _set_call(customer: Customer, action_id: str, call: dict[str, Any] | None) -> Customer:
    if customer.erased:
        return customer
    others = {n: c for n, c in customer.limits.get("calls", {}).items() if n != action_id}
    calls = {**others, action_id: call} if call else others
    limits = {name: held for name, held in customer.limits.items() if name != "calls"}
    return customer.with_changes(limits={**limits, "calls": calls} if calls else limits)
