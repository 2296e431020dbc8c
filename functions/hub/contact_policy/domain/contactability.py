"""The gates a message must pass, when it is decided and again just before it goes out.

Each gate answers with a reason to stop, or None. They fail closed: what is not known is a no.
Messages of purpose `service` need consent and an address; marketing has to pass them all.
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
    """Where the customer stands in a dialogue; empty before its first move."""
    state: str = customer.dialogues.get(strategy, {}).get("state", "")
    return state


def check_consent(customer: Customer, channel: str, purpose: str) -> str | None:
    """Why this customer may not be addressed on this channel, or None.

    Channels that do not reach a person (`warehouse`) have no gate; on those on which the customer
    comes to us (`web`) a refusal counts, silence does not.
    """
    if channel not in CHANNELS:
        return None
    said = customer.consent.get(channel)
    given = said.get(purpose) if isinstance(said, Mapping) else None
    if CHANNELS[channel].is_inbound:
        return f"they refused {purpose} on {channel}" if given is False else None
    return None if given is True else f"no consent to {purpose or 'unnamed'} messages by {channel}"


def check_reachability(channel: str, known_addresses: Sequence[str]) -> str | None:
    """Why none of the addresses that are known will do, or None."""
    reached = CHANNELS.get(channel)
    if reached is None or reached.address is None or known_addresses:
        return None
    return f"no {reached.address.block}.{reached.address.field} is known"


def check_suppression(customer: Customer, about: Mapping[str, str], now: datetime) -> str | None:
    """Why it is to be silent about any of these for a while, such as `category` coffee, or None."""
    history = customer.contact_history
    if not history.suppressed:
        return None
    for kind, name in about.items():
        names = name, name.partition("|")[0]
        until = max(history.suppressed_until(f"{kind}:{called}") for called in names)
        if name and until > to_iso(now):
            return f"{kind} {name} is silenced until {until}"
    return None


def effective_channel(action: Action) -> str:
    """The channel on which it reaches the customer: a system may be one that writes to people."""
    if isinstance(action.what, ConnectorCall):
        return action.what.channel or CONNECTOR_CHANNEL
    return action.channel


def take_last_look(customer: Customer | None, action: Action, now: datetime) -> str | None:
    """Why an action decided earlier is no longer wanted, or None."""
    if customer is None or customer.erased:
        return "they asked to be forgotten" if customer else "the customer is no longer known"
    if now > action.expires_at:
        return "it came too late to be relevant"
    state = dialogue_state(customer, action.strategy)
    if state != action.state:
        return f"the dialogue {action.strategy} has moved on to {state!r}"
    told = action.event
    since = parse_time(told.get("since") or told.get("occurred_at") or to_iso(action.decided_at))
    if action.goal and (reached := find_goal_reached_since(customer, action.goal, since)):
        return f"its goal {action.goal} was reached at {reached}"
    purpose, channel = action.what.purpose, effective_channel(action)
    known = find_addresses(customer, channel)
    closed = check_consent(customer, channel, purpose) or check_reachability(channel, known)
    if not closed and action.address and action.address not in known:
        return "the address is no longer theirs"
    about = {n: getattr(action, n) for n in ("category", "goal", "offer", "strategy")}
    return closed or (check_suppression(customer, about, now) if purpose == MARKETING else None)


def find_quiet_hours_end(customer: Customer, action: Action, now: datetime) -> datetime | None:
    """Until when it is to wait, where it would go out in the customer's quiet hours."""
    here = to_local_time(customer, now) if action.quiet else now
    return max(filter(None, (hours.ends_at(here) for hours in action.quiet)), default=None)


def find_goal_reached_since(customer: Customer, goal: str, since: datetime) -> str | None:
    """When the goal was last reached, if that was after `since`. An event type alone is a goal of
    which the last events tell."""
    seen = [e[2] for ring in customer.recent.values() for e in ring if e[1] == goal]
    if seen and (latest := max(seen)) > since.timestamp() * 1000:
        return to_iso(datetime.fromtimestamp(latest / 1000, since.tzinfo))
    at = next(iter(customer.contact_history.goal_times(goal)), "")
    return at if at > to_iso(since) else None
