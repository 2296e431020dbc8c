"""All rows of a catalogue, parsed once for all warnings."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, TypeVar

from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.tables import OFFERS, RULES
from hub.catalogue.domain.verbs.call import PlaceCall
from hub.catalogue.domain.verbs.message_verb import TemplateVerb
from hub.catalogue.domain.verbs.verb import Verb
from hub.publishing.domain.stories import STORIES, Story

RowKey = tuple[str, str]
"""Table and key of a row."""
V = TypeVar("V", bound=Verb)
_TABLES = ("rules", "offers", "stories", "policies", "templates")


@dataclass(frozen=True)
class ParsedRows:
    """The rows of a catalogue by key; `policies` and `templates` are not parsed. `audiences` is
    rule -> its attribute `audience`."""

    rules: Mapping[str, Rule]
    audiences: Mapping[str, str]
    offers: Mapping[str, Offer]
    stories: Mapping[str, Story]
    policies: Mapping[str, Row]
    templates: Mapping[str, Row]

    @classmethod
    def from_rows(cls, rows: Mapping[str, Mapping[str, Row]]) -> Self:
        """Parses the rows of a snapshot."""
        rules = rows.get("rules", {})
        return cls(
            rules=RULES.read_all(rules),
            audiences={key: str(row.get("audience", "")) for key, row in rules.items()},
            offers=OFFERS.read_all(rows.get("offers", {})),
            stories=STORIES.read_all(rows.get("stories", {})),
            policies=rows.get("policies", {}),
            templates=rows.get("templates", {}),
        )

    def list_keys(self) -> list[RowKey]:
        """Lists table and key of every row."""
        return [(table, key) for table in _TABLES for key in getattr(self, table)]

    def limit_to(self, row_keys: Collection[RowKey]) -> Self:
        """Returns only these rows."""
        wanted = set(row_keys)
        tables = {
            table: {k: row for k, row in getattr(self, table).items() if (table, k) in wanted}
            for table in _TABLES
        }
        return replace(self, **tables)

    def find_verbs(self, kind: type[V]) -> Iterator[tuple[str, int, V]]:
        """Yields rule, position in `then` and verb, for each verb of that kind."""
        for key, rule in self.rules.items():
            for position, verb in enumerate(rule.then, start=1):
                if isinstance(verb, kind):
                    yield key, position, verb

    @cached_property
    def queues(self) -> Mapping[str, frozenset[RowKey]]:
        """Call queue -> the rows that name it."""
        rows_by_queue: dict[str, set[RowKey]] = {}
        for row_key, queue in self._find_named_queues():
            rows_by_queue.setdefault(queue, set()).add(row_key)
        return {queue: frozenset(rows) for queue, rows in rows_by_queue.items()}

    def _find_named_queues(self) -> Iterator[tuple[RowKey, str]]:
        for key, _, call in self.find_verbs(PlaceCall):
            yield ("rules", key), call.queue
        for key, offer in self.offers.items():
            for treatment in offer.treatments.values():
                if treatment.queue:
                    yield ("offers", key), treatment.queue
        for key, row in self.policies.items():
            if row.get("queue"):
                yield ("policies", key), str(row["queue"])

    @cached_property
    def tags(self) -> frozenset[str]:
        """The tags of all offers."""
        return frozenset(tag for offer in self.offers.values() for tag in offer.tags)

    @cached_property
    def strategies(self) -> frozenset[str]:
        """The strategies of all rules."""
        return frozenset(rule.strategy for rule in self.rules.values())

    @cached_property
    def categories(self) -> frozenset[str]:
        """The categories of all messages and offers."""
        of_messages = (verb.category for _, _, verb in self.find_verbs(TemplateVerb))
        of_offers = (offer.category for offer in self.offers.values())
        return frozenset(filter(None, (*of_messages, *of_offers)))
