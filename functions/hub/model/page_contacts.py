"""Offers that a customer saw on pages, counted by quarter of an hour.

A cap counts from the start of a day, week or month on the customer's own clock. In every time zone
of today that is the start of a quarter of an hour, so the counts lose nothing that a cap asks for.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

PageContacts = Mapping[str, tuple[tuple[int, int], ...]]
"""`channel|category|offer` -> ((quarter, count), ...), the newest first. A quarter is the count of
quarters of an hour since the Unix epoch."""
QUARTER_IN_MILLISECONDS = 900_000
MOST_COUNTED = 64
"""The most contacts of one channel, category and offer. No cap allows as many."""


def add_page_contact(
    contacts: PageContacts, at: int, *, channel: str, category: str, offer: str, oldest: int
) -> PageContacts:
    """Adds one contact and drops those from before `oldest`. Times are in milliseconds."""
    name = f"{channel}|{category}|{offer}"
    added = (at // QUARTER_IN_MILLISECONDS, 1)
    return drop_page_contacts({**contacts, name: _limit((added, *contacts.get(name, ())))}, oldest)


def drop_page_contacts(contacts: PageContacts, oldest: int) -> PageContacts:
    first = oldest // QUARTER_IN_MILLISECONDS
    kept = {
        name: tuple(pair for pair in counts if pair[0] >= first)
        for name, counts in contacts.items()
    }
    return {name: counts for name, counts in kept.items() if counts}


def count_page_contacts(
    contacts: PageContacts, since: int, channels: Collection[str], category: str, offer: str
) -> int:
    """How many there were since that millisecond. An empty argument means any."""
    first = -(-since // QUARTER_IN_MILLISECONDS)
    return sum(
        sum(count for quarter, count in counts if quarter >= first)
        for name, counts in contacts.items()
        if _is_about(name, channels, category, offer)
    )


def merge_page_contacts(first: PageContacts, second: PageContacts) -> PageContacts:
    return {
        name: _limit((*first.get(name, ()), *second.get(name, ())))
        for name in dict.fromkeys((*first, *second))
    }


def subtract_page_contacts(now: PageContacts, before: PageContacts) -> PageContacts:
    """Those that were added since `before`."""
    added = {
        name: _limit((Counter(dict(counts)) - Counter(dict(before.get(name, ())))).items())
        for name, counts in now.items()
    }
    return {name: counts for name, counts in added.items() if counts}


def _is_about(name: str, channels: Collection[str], category: str, offer: str) -> bool:
    channel, _, rest = name.partition("|")
    its_category, _, its_offer = rest.rpartition("|")
    return (
        (not offer or its_offer == offer)
        and (not channels or channel in channels)
        and (not category or its_category == category)
    )


def _limit(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Adds up the counts of each quarter and keeps the newest `MOST_COUNTED` contacts."""
    counts: Counter[int] = Counter()
    for quarter, count in pairs:
        counts[quarter] += count
    kept: list[tuple[int, int]] = []
    left = MOST_COUNTED
    for quarter, count in sorted(counts.items(), reverse=True):
        if left <= 0:
            break
        kept.append((quarter, min(count, left)))
        left -= count
    return tuple(kept)
