"""Recall: what was learned of a catalogue's offers, as the surroundings of a decision have it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hub.catalogue.domain.catalogue import Catalogue
from hub.learning.domain.decaying_counters import Arm, Key
from hub.learning.ports import Learned

LATELY = timedelta(minutes=1)
Recalled = Mapping[str, Mapping[str, Mapping[str, int]]]


class Recall:
    """Read at most once a minute for as long as the same is asked: a minute teaches little, and
    each reading makes other surroundings, which are kept."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._asked: tuple[Key, ...] = ()
        self._until: datetime | None = None
        self._held: Recalled = {}

    def __call__(self, catalogue: Catalogue, now: datetime) -> Recalled:
        """Offer -> cell -> sums."""
        asked = catalogue.policies.learner.keys(arms(catalogue), now)
        if self._until is None or now >= self._until or asked != self._asked:
            self._asked, self._until, self._held = asked, now + LATELY, self._read(asked)
        return self._held

    def _read(self, asked: tuple[Key, ...]) -> Recalled:
        found: dict[str, dict[str, Mapping[str, int]]] = {}
        for key, sums in sorted(self._learned.read(asked).items()):
            found.setdefault(key.offer, {})[key.cell] = sums
        return found


def arms(catalogue: Catalogue) -> tuple[Arm, ...]:
    """Every live offer on every channel that it is made on."""
    offers = catalogue.offers.values()
    return tuple(Arm(offer.offer_id, channel) for offer in offers for channel in offer.treatments)
