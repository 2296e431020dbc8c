"""What was sent to a customer lately, and the caps, claims, goals and experiments that follow from
it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import islice, starmap
from typing import Any, Self, TypeVar

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_iso, to_milliseconds
from hub.model.channels import INBOUND_CHANNELS
from hub.model.contact_history_entries import Contact, ExperimentMembership, Impression, OpenCall
from hub.model.page_contacts import (
    MOST_COUNTED,
    PageContacts,
    add_page_contact,
    count_page_contacts,
)

CONTACTS_KEPT_FOR = timedelta(days=33)
"""A month of 31 days, a clock that is put back by up to a day, and a contact that a source dates up
to a day ahead: so a cap of the customer's month counts every contact of it."""
MAX_NAMES = 300
MAX_IMPRESSIONS = 20
MAX_AWAITED = 50
_KEPT_MILLISECONDS = CONTACTS_KEPT_FOR // timedelta(milliseconds=1)
Entry = TypeVar("Entry")
StoredClaim = str | Sequence[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHistory:
    """The contact history of one customer. A method that changes something returns a new history.

    - `offers`: offer -> how often it was ever made.
    - `goals`: goal -> the last two times at which it was reached, in ISO 8601, the later first.
    - `suppressed`: subject, such as `category:coffee`, `goal:order.completed` or `strategy:cart`,
      -> the time in ISO 8601 until which nothing is sent about it.
    - `awaiting`: the action id of a message that awaits a response -> its goal, or an empty text.
    - `calls`: action id -> the call that the call centre has.
    - `claims`: the id of an action that has claims -> the time in ISO 8601 at which they end.
    - `enrolled`: `strategy|experiment` -> membership, one for each experiment.
    - `showings`: offer -> its last impression.
    - `contacts`: the messages within `CONTACTS_KEPT_FOR`, the last recorded first.
    - `page_contacts`: the offers seen on pages in that time.
    - `unknown`: members that another release wrote. They stay as they are.
    - `order`: the order of the stored members, so that a history is written as it was read.
    """

    offers: Mapping[str, int] = field(default_factory=dict)
    goals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    suppressed: Mapping[str, str] = field(default_factory=dict)
    awaiting: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, OpenCall] = field(default_factory=dict)
    claims: Mapping[str, StoredClaim] = field(default_factory=dict)
    enrolled: Mapping[str, ExperimentMembership] = field(default_factory=dict)
    showings: Mapping[str, Impression] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    page_contacts: PageContacts = field(default_factory=dict)
    unknown: JsonObject = field(default_factory=dict)
    order: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads the block `limits` of a stored customer."""
        members = {name: data[name] for name in _MEMBERS if name in data}
        if contacts := members.get("contacts"):
            members["contacts"], old = _read_contacts(contacts)
            if old:
                members["page_contacts"] = old
        if pages := data.get("page_contacts"):
            members["page_contacts"] = {n: tuple(map(tuple, pairs)) for n, pairs in pages.items()}
        if enrolled := members.get("enrolled"):
            members["enrolled"] = {n: ExperimentMembership(*entry) for n, entry in enrolled.items()}
        if showings := members.get("showings"):
            members["showings"] = {n: Impression.from_dict(entry) for n, entry in showings.items()}
        if calls := members.get("calls"):
            members["calls"] = {name: OpenCall.from_dict(call) for name, call in calls.items()}
        unknown = {name: data[name] for name in data if name not in members}
        return cls(**members, unknown=unknown, order=tuple(data))

    def to_dict(self) -> dict[str, Json]:
        """The JSON form, without empty members."""
        members = {name: value for name in _MEMBERS if (value := getattr(self, name))}
        if self.contacts:
            members["contacts"] = list(map(list, self.contacts))
        if self.page_contacts:
            pages = self.page_contacts.items()
            members["page_contacts"] = {name: list(map(list, pairs)) for name, pairs in pages}
        if self.enrolled:
            members["enrolled"] = {name: list(entry) for name, entry in self.enrolled.items()}
        if self.showings:
            members["showings"] = {name: entry.to_dict() for name, entry in self.showings.items()}
        if self.calls:
            members["calls"] = {name: call.to_dict() for name, call in self.calls.items()}
        members |= self.unknown
        return {name: members[name] for name in self.order if name in members} | members

    def record_contact(
        self, at: datetime, channel: str, *, category: str = "", offer: str = "", action_id: str
    ) -> Self:
        """Records that a message was decided, or that a page showed an offer."""
        time, oldest = to_milliseconds(at), to_milliseconds(at) - _KEPT_MILLISECONDS
        offers = {**self.offers, offer: self.times_offered(offer) + 1} if offer else self.offers
        if channel in INBOUND_CHANNELS:
            pages = add_page_contact(
                self.page_contacts,
                time,
                channel=channel,
                category=category,
                offer=offer,
                oldest=oldest,
            )
            return self._with(page_contacts=pages, offers=offers)
        kept = [contact for contact in self.contacts if contact.at >= oldest]
        added = Contact(time, channel, category, offer, action_id)
        return self._with(contacts=limit_contacts((added, *kept)), offers=offers)

    def withdraw_contact(self, action_id: str) -> Self:
        """Removes the contact of a message that was not sent."""
        withdrawn = next((c for c in self.contacts if c.action_id == action_id), None)
        if withdrawn is None:
            return self
        contacts = tuple(c for c in self.contacts if c.action_id != action_id)
        offer, offers = withdrawn.offer, self.offers
        if count := self.times_offered(offer):
            offers = {**offers, offer: count - 1}
        return self._with(contacts=contacts, offers=offers)

    def count_contacts(
        self, since: int, *, channels: Collection[str] = (), category: str = "", offer: str = ""
    ) -> int:
        """Counts the contacts since that time, in milliseconds of the epoch.

        An empty argument means any."""
        messages = sum(
            (not offer or contact.offer == offer)
            and (not channels or contact.channel in channels)
            and (not category or contact.category == category)
            for contact in self.contacts
            if contact.at >= since
        )
        if not self.page_contacts:
            return messages
        return messages + count_page_contacts(self.page_contacts, since, channels, category, offer)

    def without_entries(self, entries: Iterable[Sequence[str]]) -> Self:
        """Removes entries of members that are maps: each is a member and the name in it."""
        names_by_member: dict[str, list[str]] = {}
        for member, name in entries:
            names_by_member.setdefault(member, []).append(name)
        return self._with(
            **{
                member: _remove(getattr(self, member), frozenset(names))
                for member, names in names_by_member.items()
            }
        )

    def times_offered(self, offer: str) -> int:
        return self.offers.get(offer, 0)

    def has_contacts(self) -> bool:
        return bool(self.contacts or self.page_contacts)

    def reach_goal(self, goal: str, at: datetime) -> Self:
        times = sorted({to_iso(at), *self.goal_times(goal)}, reverse=True)[:2]
        latest_last = sorted({**self.goals, goal: times}.items(), key=lambda item: item[1][0])
        return self._with(goals=dict(latest_last[-MAX_NAMES:]))

    def goal_times(self, goal: str) -> Sequence[str]:
        """Returns the last two times at which it was reached, in ISO 8601, the later first."""
        return self.goals.get(goal, ())

    def suppress(self, subject: str, until: datetime) -> Self:
        """A longer suppression of the same subject stays."""
        end = max(to_iso(until), self.suppressed_until(subject))
        suppressed = {**self.suppressed, subject: end}
        if len(suppressed) > MAX_NAMES:
            latest_last = sorted(suppressed.items(), key=lambda item: item[1])
            suppressed = dict(latest_last[-MAX_NAMES:])
        return self._with(suppressed=suppressed)

    def suppressed_until(self, subject: str) -> str:
        """Returns the time in ISO 8601, or an empty text if it is not suppressed."""
        return self.suppressed.get(subject, "")

    def hold_claim(self, action_id: str, until: datetime) -> Self:
        return self._with(claims={**self.claims, action_id: to_iso(until)})

    def holds_claim(self, action_id: str) -> bool:
        return action_id in self.claims

    def release_claim(self, action_id: str) -> Self:
        if action_id not in self.claims:
            return self
        return self._with(claims=_remove(self.claims, (action_id,)))

    def release_claims_ended_by(self, at: datetime) -> Self:
        end = to_iso(at)
        kept = {name: entry for name, entry in self.claims.items() if _read_claim_end(entry) > end}
        return self if len(kept) == len(self.claims) else self._with(claims=kept)

    def await_response(self, action_id: str, goal: str) -> Self:
        """Records that the message awaits a response. Reaching its goal is a response too."""
        return self._with(awaiting=_keep_last({**self.awaiting, action_id: goal}, MAX_AWAITED))

    def is_awaiting_response(self, action_id: str) -> bool:
        return action_id in self.awaiting

    def find_awaiting(self, goals: Collection[str]) -> list[str]:
        """Returns the action ids of messages to which reaching one of these goals is a response."""
        return [action_id for action_id, goal in self.awaiting.items() if goal and goal in goals]

    def record_responses(self, action_ids: Iterable[str]) -> Self:
        """Records that these messages got their response."""
        responded = {*action_ids}
        if responded.isdisjoint(self.awaiting):
            return self
        return self._with(awaiting=_remove(self.awaiting, responded))

    def record_impression(self, offer: str, impression: Impression, oldest: str) -> Self:
        """Records the impression that the next response to the offer answers.

        Impressions from before `oldest`, in ISO 8601, are dropped."""
        others = {n: kept for n, kept in self.showings.items() if kept.at >= oldest and n != offer}
        return self._with(showings=_keep_last({**others, offer: impression}, MAX_IMPRESSIONS))

    def end_impression(self, offer: str) -> Self:
        """Removes the impression of the offer, because it was answered."""
        others = _remove(self.showings, (offer,))
        return self._with(showings=_keep_last(others, MAX_IMPRESSIONS))

    def with_memberships(self, enrolled: Mapping[str, ExperimentMembership]) -> Self:
        return self._with(enrolled=enrolled)

    def open_call(self, action_id: str, call: OpenCall) -> Self:
        return self._with_calls({**_remove(self.calls, (action_id,)), action_id: call})

    def deliver_call(self, action_id: str, reference: str | None) -> Self:
        """Records that the call centre has the call. `reference` is its own name for it."""
        call = replace(self.calls[action_id], reference=reference, is_delivered=True)
        return self.open_call(action_id, call)

    def close_call(self, action_id: str) -> Self:
        return self._with_calls(_remove(self.calls, (action_id,)))

    def _with_calls(self, calls: Mapping[str, OpenCall]) -> Self:
        """Moves the member `calls` to the end of the stored members."""
        others = (name for name in self.order if name != "calls")
        return replace(self, calls=calls, order=(*others, "calls"))

    def _with(self, **changes: Any) -> Self:
        """Does what `dataclasses.replace` does in a third of its time.

        A member that was empty moves to the end of the stored members."""
        kept = [name for name in self.order if changes.get(name, True)]
        added = [name for name, value in changes.items() if value and name not in kept]
        changed = object.__new__(type(self))
        for name in _FIELDS:
            _set_field(changed, name, getattr(self, name))
        for name, value in changes.items():
            _set_field(changed, name, value)
        _set_field(changed, "order", (*kept, *added))
        return changed


_set_field = object.__setattr__
NO_CONTACT_HISTORY = ContactHistory()
_FIELDS = tuple(f.name for f in fields(ContactHistory))
_MEMBERS = tuple(name for name in _FIELDS if name not in ("unknown", "order"))


def _read_claim_end(stored: StoredClaim) -> str:
    """Returns the time in ISO 8601. Before 2026-11-25 a claim was stored as a list that begins with
    it."""
    end: str = stored if isinstance(stored, str) else stored[0]
    return end


def limit_contacts(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Of each channel, category and offer the newest `MOST_COUNTED`, in the given order."""
    given = tuple(contacts)
    if len(given) <= MOST_COUNTED:
        return given
    counts: Counter[tuple[str, str, str]] = Counter()
    exceeding = set()
    for contact in sorted(given, reverse=True):
        kind = contact[1:4]
        counts[kind] += 1
        if counts[kind] > MOST_COUNTED:
            exceeding.add(contact)
    return tuple(contact for contact in given if contact not in exceeding)


def _read_contacts(stored: Iterable[Sequence[Any]]) -> tuple[tuple[Contact, ...], PageContacts]:
    """Before 0.3.0 the offers seen on pages were among the messages."""
    messages: list[Contact] = []
    pages: PageContacts = {}
    for contact in starmap(Contact, stored):
        if contact.channel in INBOUND_CHANNELS:
            at, channel, category, offer, _ = contact
            pages = add_page_contact(
                pages, at, channel=channel, category=category, offer=offer, oldest=0
            )
        else:
            messages.append(contact)
    return tuple(messages), pages


def _remove(entries: Mapping[str, Entry], names: Collection[str]) -> dict[str, Entry]:
    return {name: entry for name, entry in entries.items() if name not in names}


def _keep_last(entries: Mapping[str, Entry], count: int) -> dict[str, Entry]:
    return dict(islice(entries.items(), max(0, len(entries) - count), None))
