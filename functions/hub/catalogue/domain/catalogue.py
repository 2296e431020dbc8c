"""A published catalogue: rules, offers, policies and templates that decide, under one number."""

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
    compile_rule_book,
    group_by_event_type,
)
from hub.catalogue.domain.tables import OFFERS, POLICIES, RULES
from hub.catalogue.domain.template import Template, read_templates
from hub.expression.domain import Scope
from hub.kernel.errors import Rejected
from hub.model.promo_code import normalize_promo_code

EMPTY_SNAPSHOT: Mapping[str, Any] = MappingProxyType({"number": 0, "rows": {}})


@dataclass(frozen=True)
class Catalogue:
    """`offers` are the live ones by id. `unreadable` are rows that this release of the hub does not
    read any more, with the reason: they do nothing, and hold up nothing."""

    number: int
    rules: Mapping[str, RuleBook] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    policies: Policies = NO_POLICIES
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> Self:
        found, unreadable = read_rules(snapshot["rows"].get("rules", {}))
        books = {
            event: RuleBook(compile_rule_book(book), [rule for rule, _ in book])
            for event, book in group_by_event_type(found).items()
        }
        return cls.from_parts(snapshot, books, unreadable)

    @classmethod
    def from_parts(
        cls,
        snapshot: Mapping[str, Any],
        books: Mapping[str, RuleBook],
        unreadable: Mapping[str, str],
    ) -> Self:
        """`books` are the snapshot's rules by event type, `unreadable` those it cannot read."""
        wrong = dict(unreadable)
        rows = snapshot["rows"]
        templates = read_templates(rows.get("templates", {}), snapshot.get("html", {}), wrong)
        offers = OFFERS.read_all(rows.get("offers", {}), wrong)
        policies = POLICIES.read_all(rows.get("policies", {}), wrong)
        live = {key: offer for key, offer in offers.items() if offer.status is OfferStatus.LIVE}
        number = snapshot["number"]
        return cls(number, books, templates, live, Policies.from_policies(policies.values()), wrong)

    def rules_for(self, event_type: str) -> Sequence[Rule]:
        """Live and shadow rules, the highest priority first, ties by id."""
        return self.rules.get(event_type, ())

    def find_matching_rules(self, scope: Scope) -> list[Rule]:
        """Those of them that hold, in that order: the index finds them without asking each."""
        book = self.rules.get(scope.event.type)
        return [] if book is None else book.find_matching(scope)

    def offers_with_tag(self, tag: str) -> Sequence[Offer]:
        return self._offers_by_tag.get(tag, ())

    def candidates_of(self, offer: Offer) -> Sequence[Candidate]:
        """All that an offer of this catalogue may be said as."""
        return self._candidates[offer.offer_id]

    def goals_of(self, event_type: str) -> Sequence[Goal]:
        """The goals, each once, that an event of this type may reach."""
        return self._goals_by_event.get(event_type, ())

    @cached_property
    def _offers_by_tag(self) -> Mapping[str, Sequence[Offer]]:
        found: dict[str, list[Offer]] = {}
        for offer in self.offers.values():
            for tag in offer.tags:
                found.setdefault(tag, []).append(offer)
        return found

    @cached_property
    def _candidates(self) -> Mapping[str, Sequence[Candidate]]:
        templates, costs = self.templates, self.policies.derive(ChannelCost, map_costs)
        offers = self.offers.values()
        return {
            offer.offer_id: tuple(list_offer_candidates(offer, templates, costs))
            for offer in offers
        }

    @cached_property
    def _goals_by_event(self) -> Mapping[str, Sequence[Goal]]:
        goals = {offer.goal.name: offer.goal for offer in self.offers.values() if offer.goal}
        found: dict[str, list[Goal]] = {}
        for goal in goals.values():
            found.setdefault(goal.event, []).append(goal)
        return found

    @cached_property
    def offers_by_campaign_code(self) -> Mapping[str, str]:
        """Campaign code, as it is compared -> offer."""
        return {
            normalize_promo_code(code): o.offer_id for o in self.offers.values() for code in o.codes
        }

    def get_template(self, template_id: str) -> Template:
        """Raises `Rejected` when the catalogue has none of that name."""
        try:
            return self.templates[template_id]
        except KeyError:
            raise Rejected(f"catalogue {self.number} has no template {template_id}") from None


def read_policies(snapshot: Mapping[str, Any]) -> Policies:
    """Without the rest of the catalogue, for whoever needs no more of it."""
    rows = {"policies": snapshot["rows"].get("policies", {})}
    return Catalogue.from_snapshot({"number": snapshot["number"], "rows": rows}).policies


def read_rules(rows: Mapping[str, Row]) -> tuple[list[ReadRule], dict[str, str]]:
    """The rules with their rows; and, of those that cannot be read, why."""
    unreadable: dict[str, str] = {}
    found = RULES.read_all(rows, unreadable)
    return [(rule, rows[key]) for key, rule in found.items()], unreadable
