"""The gates of contact policy, for the decision and for the last look before sending.

Each gate returns a reason to stop, or None. Missing data closes a gate, but what a suppression asks
of the surroundings is known to the decision only. Messages of purpose
`service` need consent and an address; marketing messages must pass all gates.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from hub.contact_policy.domain.refused_address import check_refused_address
from hub.expression.domain import Expression, Scope
from hub.expression.domain.parse import parse
from hub.kernel.times import parse_time, to_iso
from hub.model.action_content import ConnectorCall
from hub.model.addresses import find_addresses
from hub.model.channels import CHANNELS, CONNECTOR_CHANNEL
from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time
from hub.model.decision import Action
from hub.model.event import HUB_SOURCE, Event
from hub.model.time_zones import find_time_zone

MARKETING = "marketing"
TOO_LATE = "after the quiet hours it would come too late"


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


def find_open_addresses(
    customer: Customer, channel: str, purpose: str
) -> tuple[tuple[str, ...], str | None]:
    """Finds the addresses that did not refuse the purpose, the best first; or why there are none.

    Both are empty for a channel that needs no address."""
    addresses = find_addresses(customer, channel)
    if not customer.refusals:
        return addresses, check_reachability(channel, addresses)
    refusals = {
        each: check_refused_address(customer.refusals, channel, purpose, each) for each in addresses
    }
    allowed = tuple(address for address in addresses if refusals[address] is None)
    refused = refusals[addresses[0]] if addresses and not allowed else None
    return allowed, refused or check_reachability(channel, allowed)


def check_refusal(customer: Customer, channel: str, purpose: str, address: str) -> str | None:
    """Returns why nothing may go to the address that was decided on, or None.

    Without `address`, any of the customer's may be open."""
    if address:
        return check_refused_address(customer.refusals, channel, purpose, address)
    addresses = find_addresses(customer, channel)
    allowed, reason = find_open_addresses(customer, channel, purpose)
    return reason if addresses and not allowed else None


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


LastLookCheck = Callable[[Customer, Action, datetime], str | None]


def take_last_look(customer: Customer | None, action: Action, now: datetime) -> str | None:
    """Returns why an action that was decided earlier must not go out any more, or None."""
    if customer is None:
        return "the customer is no longer known"
    reasons = (check(customer, action, now) for check in LAST_LOOK.values())
    return next(filter(None, reasons), None)


def _check_erasure(customer: Customer, _action: Action, _now: datetime) -> str | None:
    return "they asked to be forgotten" if customer.erased else None


def _check_resumption(_customer: Customer, action: Action, _now: datetime) -> str | None:
    """A postponed action passes all gates of marketing when it is resumed."""
    return action.stop or None


def _check_expiry(_customer: Customer, action: Action, now: datetime) -> str | None:
    return "it came too late to be relevant" if now >= action.expires_at else None


def _check_dialogue(customer: Customer, action: Action, _now: datetime) -> str | None:
    state = dialogue_state(customer, action.strategy)
    if state != action.state:
        return f"the dialogue {action.strategy} has moved on to {state!r}"
    return None


def _check_goal(customer: Customer, action: Action, _now: datetime) -> str | None:
    event = action.event
    since = parse_time(event.get("since") or event.get("occurred_at") or to_iso(action.decided_at))
    if action.goal and (reached := find_goal_reached_since(customer, action.goal, since)):
        return f"its goal {action.goal} was reached at {reached}"
    return None


def _check_consent(customer: Customer, action: Action, _now: datetime) -> str | None:
    return check_consent(customer, effective_channel(action), action.what.purpose)


def _check_address(customer: Customer, action: Action, _now: datetime) -> str | None:
    channel = effective_channel(action)
    addresses = find_addresses(customer, channel)
    if reason := check_reachability(channel, addresses):
        return reason
    is_theirs = not action.address or action.address in addresses
    return None if is_theirs else "the address is no longer theirs"


def _check_refusal(customer: Customer, action: Action, _now: datetime) -> str | None:
    channel = effective_channel(action)
    return check_refusal(customer, channel, action.what.purpose, action.address)


def _check_suppressed_subjects(customer: Customer, action: Action, now: datetime) -> str | None:
    if action.what.purpose != MARKETING:
        return None
    about = {n: getattr(action, n) for n in ("category", "goal", "offer", "strategy")}
    return check_suppression(customer, about, now)


def _check_suppression_policies(customer: Customer, action: Action, now: datetime) -> str | None:
    """Evaluates the conditions of the suppression policies for the customer as they are now."""
    if not action.suppressions:
        return None
    scope = Scope(read_quoted_event(action), customer, now)
    for condition in action.suppressions:
        if _read_condition(condition.when).matches(scope):
            return describe_suppression(condition.reason)
    return None


@lru_cache(maxsize=256)
def _read_condition(text: str) -> Expression:
    """The catalogue that it comes from has checked the names of its fields."""
    return Expression(text, parse(text))


def describe_suppression(reason: str) -> str:
    """The reason of a gate that a suppression policy closes."""
    return f"silence: {reason}"


def read_quoted_event(action: Action) -> Event:
    """The event that the action is about, as far as the action quotes it."""
    quoted = action.event
    occurred_at = parse_time(quoted["occurred_at"]) if quoted else action.decided_at
    return Event(
        id=quoted.get("id", ""),
        type=quoted.get("type", ""),
        source=HUB_SOURCE,
        occurred_at=occurred_at,
        received_at=occurred_at,
        correlation_id=action.correlation_id,
        customer_id=action.customer_id,
        properties=quoted.get("properties", {}),
        context={"since": quoted["since"]} if "since" in quoted else {},
    )


def find_quiet_hours_end(customer: Customer, action: Action, now: datetime) -> datetime | None:
    """Returns until when the action must wait, or None outside the customer's quiet hours."""
    if not action.quiet:
        return None
    owner_zone = find_time_zone(action.quiet[0].owner_zone) or UTC
    here = to_local_time(customer, now, owner_zone)
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


LAST_LOOK: Mapping[str, LastLookCheck] = {
    "erasure": _check_erasure,
    "resumption": _check_resumption,
    "dates": _check_expiry,
    "dialogue": _check_dialogue,
    "goal": _check_goal,
    "consent": _check_consent,
    "address": _check_address,
    "refused address": _check_refusal,
    "suppressed subject": _check_suppressed_subjects,
    "suppression": _check_suppression_policies,
}
"""What the last look checks, by the name of the gate (see `hub.contact_policy.domain.gates`).
`resumption` has the answer of the gates that are asked after quiet hours."""
