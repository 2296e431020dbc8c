"""Merges two contact histories (`hub.model.contact_history`), and unmerges them."""

from collections.abc import Iterable

from hub.model.contact_history import ContactHistory, limit_contacts
from hub.model.contact_history_entries import Contact
from hub.model.page_contacts import merge_page_contacts, subtract_page_contacts
from hub.profile.domain.block_merge import add_changes_since, add_counts_since, combine


def merge_contact_history(survivor: ContactHistory, absorbed: ContactHistory) -> ContactHistory:
    """Makes one history of two.

    Counts, goals and suppressions of both count. Of other entries with the same name, the
    survivor's stays.
    """
    goals = combine(survivor.goals, absorbed.goals)
    return ContactHistory(
        offers=combine(survivor.offers, absorbed.offers),
        goals={name: sorted(times, reverse=True)[:2] for name, times in goals.items()},
        suppressed=combine(survivor.suppressed, absorbed.suppressed),
        awaiting={**absorbed.awaiting, **survivor.awaiting},
        calls={**absorbed.calls, **survivor.calls},
        claims={**absorbed.claims, **survivor.claims},
        enrolled={**absorbed.enrolled, **survivor.enrolled},
        showings={**absorbed.showings, **survivor.showings},
        contacts=_newest_first((*survivor.contacts, *absorbed.contacts)),
        page_contacts=merge_page_contacts(survivor.page_contacts, absorbed.page_contacts),
        unknown={
            name: {**absorbed.unknown.get(name, {}), **survivor.unknown.get(name, {})}
            for name in sorted({*survivor.unknown, *absorbed.unknown})
        },
    )


def apply_later_changes(
    own: ContactHistory, before: ContactHistory, now: ContactHistory
) -> ContactHistory:
    """`own` with all that changed from `before` to `now`."""
    earlier = frozenset(before.contacts)
    later = (contact for contact in now.contacts if contact not in earlier)
    return ContactHistory(
        offers=add_counts_since(own.offers, before.offers, now.offers),
        goals=add_changes_since(own.goals, before.goals, now.goals),
        suppressed=add_changes_since(own.suppressed, before.suppressed, now.suppressed),
        awaiting=add_changes_since(own.awaiting, before.awaiting, now.awaiting),
        calls=add_changes_since(own.calls, before.calls, now.calls),
        claims=add_changes_since(own.claims, before.claims, now.claims),
        enrolled=add_changes_since(own.enrolled, before.enrolled, now.enrolled),
        showings=add_changes_since(own.showings, before.showings, now.showings),
        contacts=_newest_first((*own.contacts, *later)),
        page_contacts=merge_page_contacts(
            own.page_contacts, subtract_page_contacts(now.page_contacts, before.page_contacts)
        ),
        unknown=add_changes_since(own.unknown, before.unknown, now.unknown, 2),
    )


def _newest_first(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Each once."""
    return limit_contacts(sorted({*contacts}, reverse=True))
