"""Replays the archive: decides every episode again and compares the result with the archive."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from hub.catalogue.domain.catalogue import Catalogue
from hub.kernel.errors import HubError
from hub.model.customer import Customer
from hub.model.episode import RecordedEpisode
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from hub.simulation.domain.replay import Difference, decide_again, find_differences
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class ReplayArchive:
    """`find_catalogue` and `find_surroundings` find those that an episode names. `size` measures a
    stored customer, in bytes."""

    find_catalogue: Callable[[int], Catalogue]
    find_surroundings: Callable[[str], Surroundings]
    size: Callable[[Customer], int]

    def __call__(
        self, records: Iterable[RecordedEpisode]
    ) -> Iterator[tuple[RecordedEpisode, list[Difference]]]:
        """Yields each record with its differences.

        The records come customer by customer, in the order of versions."""
        for record, following in pairwise(chain(records, (None,))):
            if record:
                yield record, self._compare_episode(record, following)

    def _compare_episode(
        self, record: RecordedEpisode, following: RecordedEpisode | None
    ) -> list[Difference]:
        episode = record.episode
        is_same_customer = following and following.episode.customer_id == episode.customer_id
        try:
            catalogue = self.find_catalogue(episode.catalogue)
            surroundings = self.find_surroundings(episode.surroundings)
            replayed = decide_again(record, catalogue, surroundings, self._fit)
        except HubError as error:
            key = episode.customer_id, episode.version, episode.decided_at
            return [Difference(*key, "decisions", "decided", error.reason)]
        return list(find_differences(replayed, following if is_same_customer else None))

    def _fit(self, customer: Customer) -> Customer:
        return trim_to_limit(customer, self.size, STATE_LIMIT)
