"""Replay: every archived episode decided again, and held against what was decided then."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.steps.decide_events import STATE_LIMIT
from hub.kernel.errors import HubError
from hub.model.customer import Customer
from hub.model.episode import Recorded
from hub.profile.domain.apply_event import fit
from hub.simulation.domain.replay import Difference, decide_again, differences
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Replayer:
    """`catalogue` and `surroundings` find what an episode names; `size` measures a customer as
    stored, in bytes."""

    catalogue: Callable[[int], Catalogue]
    surroundings: Callable[[str], Surroundings]
    size: Callable[[Customer], int]

    def __call__(self, records: Iterable[Recorded]) -> Iterator[tuple[Recorded, list[Difference]]]:
        """Each with what differs. Takes them customer by customer, in the order of versions."""
        for record, following in pairwise(chain(records, (None,))):
            if record:
                yield record, self._held_against(record, following)

    def _held_against(self, record: Recorded, following: Recorded | None) -> list[Difference]:
        episode = record.episode
        next_one = following and following.episode.customer_id == episode.customer_id
        try:
            catalogue = self.catalogue(episode.catalogue)
            around = self.surroundings(episode.surroundings)
            again = decide_again(record, catalogue, around, self._fitted)
        except HubError as error:
            whose = episode.customer_id, episode.version, episode.decided_at
            return [Difference(*whose, "decisions", "decided", error.reason)]
        return list(differences(again, following if next_one else None))

    def _fitted(self, customer: Customer) -> Customer:
        return fit(customer, self.size, STATE_LIMIT)
