"""The gates of contact policy, for the decision and for the last look before sending.

Each gate returns a reason to stop, or None. Missing data closes a gate. Messages of purpose
`service` need consent and an address; marketing messages must pass all gates.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.kernel.times import parse_time, to_iso
from hub.model.action_content import ConnectorCall
from hub.model.addresses import find_addresses
from hub.model.channels import CHANNELS, CONNECTOR_CHANNEL
from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time
from hub.model.decision import Action

MARKETING = "marketing"


def dialogue_state(customer: Customer, strategy: str) -> str:
    """The state of the dialogue `strategy`; empty if the customer has none yet."""
    state: str = customer.dialogues.get(strategy, {}).get("state", "")
    return state


def check_consent(customer: Customer, channel: str, purpose: str) -> str | None:
    """Returns why this customer must not get a message on this channel, or None.

    Channels to systems (`warehouse`) need no consent. On a channel on which the customer comes to
    us (`web`), only a refusal counts.
    """
    if channel not in CHANNELS:
        return None
    consent = customer.consent.get(channel)
    agreed = consent.get(purpose) if isinstance(consent, Mapping) else None
    if CHANNELS[channel].is_inbound:
        return f"they refused {purpose} on {channel}" if agreed is False else None
    return None if agreed is True else f"no consent to {purpose or 'unnamed'} messages by {channel}"


def check_reachability(channel: str, addresses: Sequence[str]) -> str | None:
    """Returns why the channel does not reach a customer with these addresses, or None."""
    definition = CHANNELS.get(channel)
    if definition is None or definition.address is None or addresses:
        return None
    return f"no {definition.address.block}.{definition.address.field} is known"


def check_suppression(customer: Customer, about: Mapping[str, str], now: datetime) -> str | None:
    """Returns why nothing is sent about one of these, such as `category` coffee, or None."""
    history = customer.contact_history
    if not history.suppressed:
        return None
    for kind, name in about.items():
        names = name, name.partition("|")[0]
        until = max(history.suppressed_until(f"{kind}:{subject}") for subject in names)
        if name and until > to_iso(now):
            return f"{kind} {name} is silenced until {until}"
    return None


def effective_channel(action: Action) -> str:
    """The channel on which the action reaches the customer. A connector may send messages too."""
    if isinstance(action.what, ConnectorCall):
        return action.what.channel or CONNECTOR_CHANNEL
    return action.channel


def take_last_look(customer: Customer | None, action: Action, now: datetime) -> str | None:
    """Returns why an action that was decided earlier must not go out any more, or None."""
    if customer is None or customer.erased:
        return "they asked to be forgotten" if customer else "the customer is no longer known"
    if now > action.expires_at:
        return "it came too late to be relevant"
    state = dialogue_state(customer, action.strategy)
    if state != action.state:
        return f"the dialogue {action.strategy} has moved on to {state!r}"
    event = action.event
    since = parse_time(event.get("since") or event.get("occurred_at") or to_iso(action.decided_at))
    if action.goal and (reached := find_goal_reached_since(customer, action.goal, since)):
        return f"its goal {action.goal} was reached at {reached}"
    purpose, channel = action.what.purpose, effective_channel(action)
    addresses = find_addresses(customer, channel)
    reason = check_consent(customer, channel, purpose) or check_reachability(channel, addresses)
    if not reason and action.address and action.address not in addresses:
        return "the address is no longer theirs"
    about = {n: getattr(action, n) for n in ("category", "goal", "offer", "strategy")}
    return reason or (check_suppression(customer, about, now) if purpose == MARKETING else None)


def find_quiet_hours_end(customer: Customer, action: Action, now: datetime) -> datetime | None:
    """Returns until when the action must wait, or None outside the customer's quiet hours."""
    here = to_local_time(customer, now) if action.quiet else now
    return max(filter(None, (hours.ends_at(here) for hours in action.quiet)), default=None)


def find_goal_reached_since(customer: Customer, goal: str, since: datetime) -> str | None:
    """Returns when the goal was last reached, if that was after `since`, else None.

    If the goal is an event type, every event of that type counts.
    """
    latest = next(iter(customer.recent.get(goal, ())), 0)
    if latest > since.timestamp() * 1000:
        return to_iso(datetime.fromtimestamp(latest / 1000, since.tzinfo))
    at = next(iter(customer.contact_history.goal_times(goal)), "")
    return at if at > to_iso(since) else None
