"""The gates an action must pass, when it is decided and again just before it goes out.

Each gate answers with a reason to stop, or None. They fail closed: what is not known is a no.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.domain.customer import Customer
from hub.domain.decision import Action

ADDRESSES: Mapping[str, tuple[str, str]] = {
    "email": ("contact", "email"),
    "call": ("contact", "phone"),
}


def dialogue_state(customer: Customer, strategy: str) -> str:
    """Where the customer stands in a dialogue; empty before its first move."""
    state: str = customer.dialogues.get(strategy, {}).get("state", "")
    return state


def closed_gate(customer: Customer, channel: str, what: Mapping[str, Any]) -> str | None:
    """Why this customer may not be addressed on this channel, or None.

    Channels that do not reach a person (`warehouse`) have no gate.
    """
    if channel not in ADDRESSES:
        return None
    purpose = what.get("purpose", "")
    if customer.consent.get(channel, {}).get(purpose) is not True:
        return f"no consent to {purpose or 'unnamed'} messages by {channel}"
    block, name = ADDRESSES[channel]
    if not getattr(customer, block).get(name):
        return f"no {block}.{name} is known"
    return None


def last_look(customer: Customer | None, action: Action, now: datetime) -> str | None:
    """Why an action decided earlier is no longer wanted, or None."""
    if customer is None:
        return "the customer is no longer known"
    if now > action.expires_at:
        return "it came too late to be relevant"
    state = dialogue_state(customer, action.strategy)
    if state != action.state:
        return f"the dialogue {action.strategy} has moved on to {state!r}"
    return closed_gate(customer, action.channel, action.what)
