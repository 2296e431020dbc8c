"""Reads the learned counters of a catalogue's offers, for the surroundings of a decision."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.learning.domain.decaying_counters import Arm, CounterKey
from hub.learning.ports import CounterReader

FRESH_FOR = timedelta(minutes=1)
CountersByOffer = Mapping[str, Mapping[str, Mapping[str, int]]]


class ReadLearnedCounters:
    """Reads the counters at most once a minute as long as the catalogue has the same offers.

    Counters change little in a minute, and each change makes other surroundings, which the archive
    stores."""

    def __init__(self, counter_reader: CounterReader) -> None:
        self._counter_reader = counter_reader
        self._keys_read: tuple[CounterKey, ...] = ()
        self._fresh_until: datetime | None = None
        self._counters: CountersByOffer = {}

    def __call__(self, catalogue: Catalogue, now: datetime) -> CountersByOffer:
        """Offer -> cell -> sums."""
        keys = find_learner(catalogue.policies).list_counter_keys(list_offer_arms(catalogue), now)
        if self._fresh_until is None or now >= self._fresh_until or keys != self._keys_read:
            self._counters = self._read(keys)
            self._keys_read, self._fresh_until = keys, now + FRESH_FOR
        return self._counters

    def _read(self, keys: tuple[CounterKey, ...]) -> CountersByOffer:
        counters: dict[str, dict[str, Mapping[str, int]]] = {}
        for key, sums in sorted(self._counter_reader.read(keys).items()):
            counters.setdefault(key.offer, {})[key.cell] = sums
        return counters


def list_offer_arms(catalogue: Catalogue) -> tuple[Arm, ...]:
    """Lists every live offer on each channel for which it has a treatment."""
    offers = catalogue.offers.values()
    return tuple(Arm(offer.offer_id, channel) for offer in offers for channel in offer.treatments)
