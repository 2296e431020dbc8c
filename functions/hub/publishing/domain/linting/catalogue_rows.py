"""All rows of a catalogue, read once for everything that is to be said about them together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeVar

from hub.catalogue.domain.offer import Offer, offer_from_row
from hub.catalogue.domain.row_reader import InvalidRow, Row
from hub.catalogue.domain.rule import Rule, rule_from_row
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.domain.stories import Story, story_from_row

RowKey = tuple[str, str]
"""Table and key of a row."""
T = TypeVar("T")
_ANY_FIELDS = FieldTypes()


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
            rules=_parse_rows(rules, rule_from_row),
            audiences={key: str(row.get("audience", "")) for key, row in rules.items()},
            offers=_parse_rows(rows.get("offers", {}), offer_from_row),
            stories=_parse_rows(rows.get("stories", {}), story_from_row),
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


def _parse_rows(rows: Mapping[str, Row], read: Callable[[Row, FieldTypes], T]) -> dict[str, T]:
    """Without those that this release does not read any more: `Catalogue.unreadable` tells them."""
    found = {}
    for key, row in rows.items():
        try:
            found[key] = read(row, _ANY_FIELDS)
        except InvalidRow:
            continue
    return found
