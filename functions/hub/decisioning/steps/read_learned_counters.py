"""Recall: what was learned of a catalogue's offers, as the surroundings of a decision have it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.learning.domain.decaying_counters import Arm, CounterKey
from hub.learning.ports import CounterReader

FRESH_FOR = timedelta(minutes=1)
CountersByOffer = Mapping[str, Mapping[str, Mapping[str, int]]]


class ReadLearnedCounters:
    """Read at most once a minute for as long as the same is asked: a minute teaches little, and
    each reading makes other surroundings, which are kept."""

    def __init__(self, learned: CounterReader) -> None:
        self._counter_reader = learned
        self._keys_read: tuple[CounterKey, ...] = ()
        self._fresh_until: datetime | None = None
        self._counters: CountersByOffer = {}

    def __call__(self, catalogue: Catalogue, now: datetime) -> CountersByOffer:
        """Offer -> cell -> sums."""
        asked = find_learner(catalogue.policies).list_counter_keys(list_offer_arms(catalogue), now)
        if self._fresh_until is None or now >= self._fresh_until or asked != self._keys_read:
            self._keys_read, self._fresh_until, self._counters = (
                asked,
                now + FRESH_FOR,
                self._read(asked),
            )
        return self._counters

    def _read(self, asked: tuple[CounterKey, ...]) -> CountersByOffer:
        found: dict[str, dict[str, Mapping[str, int]]] = {}
        for key, sums in sorted(self._counter_reader.read(asked).items()):
            found.setdefault(key.offer, {})[key.cell] = sums
        return found


def list_offer_arms(catalogue: Catalogue) -> tuple[Arm, ...]:
    """Every live offer on every channel that it is made on."""
    offers = catalogue.offers.values()
    return tuple(Arm(offer.offer_id, channel) for offer in offers for channel in offer.treatments)
