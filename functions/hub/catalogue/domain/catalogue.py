"""A published catalogue: the rules, offers, policies and templates of one number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from hub.catalogue.domain.candidate import Candidate, list_offer_candidates
from hub.catalogue.domain.offer import Goal, Offer, OfferStatus
from hub.catalogue.domain.policy import NO_POLICIES, Policies
from hub.catalogue.domain.policy.channel_cost import ChannelCost, map_costs
from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.rule_book import (
    ReadRule,
    RuleBook,
    compile_rule_books,
)
from hub.catalogue.domain.tables import OFFERS, POLICIES, RULES
from hub.catalogue.domain.template import Template, read_templates
from hub.expression.domain import Scope
from hub.kernel.errors import Rejected
from hub.model.promo_code import normalize_promo_code

EMPTY_SNAPSHOT: Mapping[str, Any] = MappingProxyType({"number": 0, "rows": {}})


@dataclass(frozen=True)
class Catalogue:
    """`rules` are the running ones by event type, `offers` the live ones by id.

    `unreadable` is `<table>/<key>` -> reason, for the rows that this release of the hub cannot
    read. They have no effect.
    """

    number: int
    rules: Mapping[str, RuleBook] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    policies: Policies = NO_POLICIES
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> Self:
        """Compiles a snapshot: `number`, `rows` (table -> key -> row) and `html`."""
        read, unreadable = read_rules(snapshot["rows"].get("rules", {}))
        compiled = compile_rule_books(read, unreadable)
        books = {event: RuleBook(book, rules) for event, (book, rules) in compiled.items()}
        return cls.from_parts(snapshot, books, unreadable)

    @classmethod
    def from_parts(
        cls,
        snapshot: Mapping[str, Any],
        books: Mapping[str, RuleBook],
        unreadable: Mapping[str, str],
    ) -> Self:
        """Reads all but the rules from a snapshot.

        `books` are its rules by event type, `unreadable` the reasons for rules that are not in
        them.
        """
        reasons = dict(unreadable)
        rows = snapshot["rows"]
        templates = read_templates(rows.get("templates", {}), snapshot.get("html", {}), reasons)
        offers = OFFERS.read_all(rows.get("offers", {}), reasons)
        policies = POLICIES.read_all(rows.get("policies", {}), reasons)
        return cls(
            snapshot["number"],
            books,
            templates,
            {key: offer for key, offer in offers.items() if offer.status is OfferStatus.LIVE},
            Policies.from_policies(policies.values()),
            reasons,
        )

    def rules_for(self, event_type: str) -> Sequence[Rule]:
        """Live and shadow rules of an event type, the highest priority first, ties by id."""
        return self.rules.get(event_type, ())

    def find_matching_rules(self, scope: Scope) -> list[Rule]:
        """Finds the rules for the event whose conditions hold, in the order of `rules_for`."""
        book = self.rules.get(scope.event.type)
        return [] if book is None else book.find_matching(scope)

    def offers_with_tag(self, tag: str) -> Sequence[Offer]:
        """The live offers that have the tag."""
        return self._offers_by_tag.get(tag, ())

    def candidates_of(self, offer: Offer) -> Sequence[Candidate]:
        """All candidates of an offer of this catalogue."""
        return self._candidates[offer.offer_id]

    def goals_of(self, event_type: str) -> Sequence[Goal]:
        """The goals that an event of this type may reach, each once."""
        return self._goals_by_event.get(event_type, ())

    @cached_property
    def _offers_by_tag(self) -> Mapping[str, Sequence[Offer]]:
        offers_by_tag: dict[str, list[Offer]] = {}
        for offer in self.offers.values():
            for tag in offer.tags:
                offers_by_tag.setdefault(tag, []).append(offer)
        return offers_by_tag

    @cached_property
    def _candidates(self) -> Mapping[str, Sequence[Candidate]]:
        templates, costs = self.templates, self.policies.derive(ChannelCost, map_costs)
        return {
            offer_id: tuple(list_offer_candidates(offer, templates, costs))
            for offer_id, offer in self.offers.items()
        }

    @cached_property
    def _goals_by_event(self) -> Mapping[str, Sequence[Goal]]:
        goals = {offer.goal.name: offer.goal for offer in self.offers.values() if offer.goal}
        goals_by_event: dict[str, list[Goal]] = {}
        for goal in goals.values():
            goals_by_event.setdefault(goal.event, []).append(goal)
        return goals_by_event

    @cached_property
    def offers_by_campaign_code(self) -> Mapping[str, str]:
        """Normalized campaign code -> offer id."""
        return {
            normalize_promo_code(code): offer.offer_id
            for offer in self.offers.values()
            for code in offer.codes
        }

    def get_template(self, template_id: str) -> Template:
        """Raises `Rejected` if the catalogue has no template of that id."""
        try:
            return self.templates[template_id]
        except KeyError:
            raise Rejected(f"catalogue {self.number} has no template {template_id}") from None


def read_policies(snapshot: Mapping[str, Any]) -> Policies:
    """Reads only the policies of a snapshot."""
    rows = {"policies": snapshot["rows"].get("policies", {})}
    return Catalogue.from_snapshot({"number": snapshot["number"], "rows": rows}).policies


def read_rules(rows: Mapping[str, Row]) -> tuple[list[ReadRule], dict[str, str]]:
    """Returns the rules with their rows, and `rules/<key>` -> reason for those it cannot read."""
    unreadable: dict[str, str] = {}
    rules = RULES.read_all(rows, unreadable)
    return [(rule, rows[key]) for key, rule in rules.items()], unreadable
