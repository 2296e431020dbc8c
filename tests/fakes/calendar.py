"""The mart's rows and the calendar's days."""

from collections.abc import Iterator, Sequence

from hub.life_events.domain.occasions import Occasion
from hub.profile.domain.mart_row import MartRow


class Mart:
    """`rows` is by the mart's own key."""

    def __init__(self) -> None:
        self.rows: dict[str, MartRow] = {}

    def store(self, row: MartRow) -> None:
        kept = self.rows.get(row.key)
        is_ahead = kept is not None and kept.through > row.received_on
        if kept is None or is_ahead or (kept.through, kept.as_of) <= (row.through, row.as_of):
            self.rows[row.key] = row


class Calendar:
    """`announced` is occasion -> the last day on which it was."""

    def __init__(self) -> None:
        self.noted: dict[tuple[str, str, str, str], Occasion] = {}
        self.announced: dict[tuple[str, str, str, str], str] = {}

    def note(self, occasions: Sequence[Occasion]) -> None:
        self.noted |= {_occasion_key(one): one for one in occasions}

    def read_open(self, page: str, day: str) -> Iterator[Occasion]:
        found = [one for one in self.noted.values() if one.day == page]
        yield from (one for one in found if self.announced.get(_occasion_key(one), "") < day)

    def mark_announced(self, occasion: Occasion, day: str) -> None:
        self.announced[_occasion_key(occasion)] = day


def _occasion_key(occasion: Occasion) -> tuple[str, str, str, str]:
    return occasion.day, occasion.customer_id, occasion.kind, occasion.event_id
