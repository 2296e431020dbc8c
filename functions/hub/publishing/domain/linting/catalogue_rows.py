"""All rows of a catalogue, read once for everything that is to be said about them together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.tables import OFFERS, RULES
from hub.publishing.domain.stories import STORIES, Story

RowKey = tuple[str, str]
"""Table and key of a row."""


@dataclass(frozen=True)
class ParsedRows:
    """`policies` and `templates` are rows, the others what they mean. `audiences` are those that
    rules name."""

    rules: Mapping[str, Rule]
    audiences: Mapping[str, str]
    offers: Mapping[str, Offer]
    stories: Mapping[str, Story]
    policies: Mapping[str, Row]
    templates: Mapping[str, Row]

    @classmethod
    def from_rows(cls, rows: Mapping[str, Mapping[str, Row]]) -> Self:
        rules = rows.get("rules", {})
        return cls(
            rules=RULES.read_all(rules),
            audiences={key: str(row.get("audience", "")) for key, row in rules.items()},
            offers=OFFERS.read_all(rows.get("offers", {})),
            stories=STORIES.read_all(rows.get("stories", {})),
            policies=rows.get("policies", {}),
            templates=rows.get("templates", {}),
        )

    def find_verbs(self, *do: str) -> Iterator[tuple[str, int, str, Mapping[str, Any]]]:
        """Rule, position in `then`, verb and its words, of those verbs."""
        for key, rule in self.rules.items():
            for position, verb in enumerate(rule.then, start=1):
                if verb.do in do:
                    yield key, position, verb.do, verb.words

    @cached_property
    def queues(self) -> Mapping[str, frozenset[RowKey]]:
        """Call queue -> the rows that name it."""
        found: dict[str, set[RowKey]] = {}
        for place, queue in self._find_named_queues():
            found.setdefault(queue, set()).add(place)
        return {queue: frozenset(places) for queue, places in found.items()}

    def _find_named_queues(self) -> Iterator[tuple[RowKey, str]]:
        for key, _, _, words in self.find_verbs("call"):
            yield ("rules", key), words["queue"]
        for key, offer in self.offers.items():
            for treatment in offer.treatments.values():
                if treatment.queue:
                    yield ("offers", key), treatment.queue
        for key, row in self.policies.items():
            if row.get("queue"):
                yield ("policies", key), str(row["queue"])

    @cached_property
    def tags(self) -> frozenset[str]:
        return frozenset(tag for offer in self.offers.values() for tag in offer.tags)

    @cached_property
    def strategies(self) -> frozenset[str]:
        return frozenset(rule.strategy for rule in self.rules.values())

    @cached_property
    def categories(self) -> frozenset[str]:
        said = (words.get("category", "") for _, _, _, words in self.find_verbs("send", "call"))
        made = (offer.category for offer in self.offers.values())
        return frozenset(filter(None, (*said, *made)))
