"""What a customer was told lately and what they did about it: the block `limits`.

`contacts` are [millisecond, channel, category, offer, action id], newest first, of the last 31
days; `offers` how often each was made to them, ever; `goals` the last two times each was reached;
`suppressed` until when what is silent; `claims` until when what is held for them; `showings` what
was last shown of each offer; `awaiting` the messages whose response is awaited, with the goal that
would be one; `enrolled` the experiments that they take part in (see
`hub.measurement.domain.holdout_experiment`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.kernel.times import parse_time, to_iso, to_milliseconds
from hub.learning.domain.feedback import FEEDBACK_DEADLINE
from hub.model.channels import INBOUND_CHANNELS
from hub.model.customer import Customer

CONTACTS_KEPT_FOR = timedelta(days=31)
MOST_MESSAGES = 120
MAX_PAGE_CONTACTS = 40
MOST_NAMES = 100
MOST_SHOWINGS = 20
MOST_AWAITED = 50
Contact = tuple[int, str, str, str, str]


def add_contact(customer: Customer, now: datetime, contact: tuple[str, str, str, str]) -> Customer:
    """The customer once a message was decided: channel, category, offer, action id."""
    oldest = to_milliseconds(now - CONTACTS_KEPT_FOR)
    kept = [entry for entry in customer.limits.get("contacts", ()) if entry[0] >= oldest]
    contacts, offer = trim_contacts([[to_milliseconds(now), *contact], *kept]), contact[2]
    if not offer:
        return _update_limits(customer, contacts=contacts)
    made = customer.limits.get("offers", {})
    return _update_limits(
        customer, contacts=contacts, offers={**made, offer: made.get(offer, 0) + 1}
    )


def trim_contacts(contacts: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """However often pages are looked at, no message is forgotten for it."""
    seen = [entry for entry in contacts if entry[1] in INBOUND_CHANNELS]
    if len(seen) <= MAX_PAGE_CONTACTS and len(contacts) <= MOST_MESSAGES:
        return list(contacts)
    messages = [entry for entry in contacts if entry[1] not in INBOUND_CHANNELS]
    kept = [*messages[:MOST_MESSAGES], *seen[:MAX_PAGE_CONTACTS]]
    return sorted(kept, key=lambda entry: -entry[0])


def has_seen_pages(customer: Customer) -> bool:
    return any(entry[1] in INBOUND_CHANNELS for entry in customer.limits.get("contacts", ()))


def drop_oldest_page_contact(customer: Customer) -> Customer:
    """The customer without the oldest of what they saw on pages. What was sent to them stays, as
    caps count it."""
    contacts = customer.limits.get("contacts", ())
    oldest = next((entry for entry in reversed(contacts) if entry[1] in INBOUND_CHANNELS), None)
    return _update_limits(customer, contacts=[entry for entry in contacts if entry is not oldest])


def remove_contact(customer: Customer, action_id: str) -> Customer:
    """The customer once that message is known not to have gone out."""
    contacts = customer.limits.get("contacts", ())
    gone = [entry for entry in contacts if entry[4] == action_id]
    if not gone:
        return customer
    customer = _update_limits(
        customer, contacts=[entry for entry in contacts if entry[4] != action_id]
    )
    offer, made = gone[0][3], customer.limits.get("offers", {})
    if made.get(offer, 0) > 0:
        return _update_limits(customer, offers={**made, offer: made[offer] - 1})
    return customer


def record_goal(customer: Customer, goal: str, at: datetime) -> Customer:
    """The latest two times are kept, the later first."""
    goals = customer.limits.get("goals", {})
    times = sorted({to_iso(at), *goals.get(goal, ())}, reverse=True)[:2]
    kept = sorted({**goals, goal: times}.items(), key=lambda item: item[1][0])[-MOST_NAMES:]
    return _update_limits(customer, goals=dict(kept))


def add_suppression(customer: Customer, what: str, until: datetime) -> Customer:
    """`what` is `category:coffee`, `goal:order.completed` or `strategy:cart`. A longer silence that
    holds already stays."""
    known = customer.limits.get("suppressed", {})
    later = max(to_iso(until), known.get(what, ""))
    return _update_limits(customer, suppressed=_keep_newest({**known, what: later}))


def add_claim(customer: Customer, action_id: str, until: datetime) -> Customer:
    claims = customer.limits.get("claims", {})
    return _update_limits(customer, claims={**claims, action_id: to_iso(until)})


def remove_claim(customer: Customer, action_id: str) -> Customer:
    claims = customer.limits.get("claims", {})
    return _update_limits(
        customer, claims={name: c for name, c in claims.items() if name != action_id}
    )


def await_response(customer: Customer, action_id: str, goal: str) -> Customer:
    """A response to that message is awaited; reaching its goal is one."""
    awaiting = {**customer.limits.get("awaiting", {}), action_id: goal}
    return _update_limits(customer, awaiting=dict(list(awaiting.items())[-MOST_AWAITED:]))


def end_awaited_responses(customer: Customer, action_ids: Iterable[str]) -> Customer:
    """A response to these is awaited no more."""
    awaiting, gone = customer.limits.get("awaiting", {}), {*action_ids}
    if gone.isdisjoint(awaiting):
        return customer
    return _update_limits(
        customer, awaiting={name: g for name, g in awaiting.items() if name not in gone}
    )


def set_last_exposure(
    customer: Customer, offer: str, exposure: Mapping[str, Any] | None
) -> Customer:
    """What the next answer to the offer is an answer to; None once it was answered."""
    showings = {name: s for name, s in customer.limits.get("showings", {}).items() if name != offer}
    if exposure:
        oldest = to_iso(parse_time(exposure["at"]) - FEEDBACK_DEADLINE)
        showings = {name: s for name, s in showings.items() if s["at"] >= oldest}
        showings[offer] = dict(exposure)
    return _update_limits(customer, showings=dict(list(showings.items())[-MOST_SHOWINGS:]))


def _keep_newest(times: Mapping[str, str]) -> dict[str, str]:
    """The latest hundred, so that no customer grows without end."""
    if len(times) <= MOST_NAMES:
        return dict(times)
    return dict(sorted(times.items(), key=lambda item: item[1])[-MOST_NAMES:])


def _update_limits(customer: Customer, **changed: Any) -> Customer:
    limits = {**customer.limits, **changed}
    return customer.with_changes(limits={name: value for name, value in limits.items() if value})
