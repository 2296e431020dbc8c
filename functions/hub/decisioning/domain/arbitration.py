"""Chooses what is sent, and on which channel, if several requests compete for one event.

All requests for messages of purpose `service` are fulfilled. Of marketing requests only those of
one rule are: two campaigns never both send messages about one event. Each request is fulfilled
once, by the candidate that ranks best.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.policy.holdout import Holdout, collect_experiment_names
from hub.contact_policy.domain.contactability import MARKETING
from hub.decisioning.domain.chance_of_selection import compute_selection_probability
from hub.decisioning.domain.constraints import determine_claims, select_with_capacity
from hub.decisioning.domain.eligibility import EligibilityGates
from hub.decisioning.domain.ranking import RankedCandidate, Ranking
from hub.decisioning.domain.verbs import CANDIDATE_FINDERS
from hub.expression.domain import Scope
from hub.measurement.domain.holdout_experiment import ExperimentAssignment, find_goal
from hub.model.addresses import list_preferred_channels
from hub.model.decision import Claim

CAPACITY_USED_UP = "its capacity was used up"
RefusedCandidates = frozenset[tuple[str, str]]
"""Subject and channel of each candidate that was refused already."""


class SelectedCandidate(NamedTuple):
    """A candidate to send, with its address and claims.

    With `waits_until` it is not sent: quiet hours postpone it, and it is decided again then.
    `rivals` are all marketing candidates of its ranking, itself included; a service message has
    none. `chance` is the probability that it was selected."""

    ranked: RankedCandidate
    address: str
    claims: tuple[Claim, ...]
    waits_until: datetime | None
    rivals: Sequence[RankedCandidate]
    chance: float = 1.0


class ExcludedCandidate(NamedTuple):
    """What is not sent, and the reason. Without `channel` that holds for all channels. `score` is
    None if it was excluded before the ranking."""

    request: Request
    subject: str
    reason: str
    channel: str = ""
    score: float | None = None


def exclude_candidate(
    request: Request, candidate: Candidate, reason: str, score: float | None = None
) -> ExcludedCandidate:
    return ExcludedCandidate(request, candidate.subject, reason, candidate.channel, score)


class Arbitration:
    """Arbitrates the requests of one event, once.

    Afterwards `selected` and `excluded` have every candidate, and `assignments` the experiments
    that apply to them. `seed` is what propensities are drawn from. `refused` candidates are
    excluded."""

    def __init__(
        self, scope: Scope, catalogue: Catalogue, seed: str, refused: RefusedCandidates
    ) -> None:
        self.selected: list[SelectedCandidate] = []
        self.excluded: list[ExcludedCandidate] = []
        self.assignments: list[ExperimentAssignment] = []
        self._scope = scope
        self._catalogue = catalogue
        self._gates = EligibilityGates(scope, catalogue.policies)
        self._seed = seed
        self._refused = refused
        self._preferred_channels = list_preferred_channels(scope.customer)
        self._has_several_requests = False

    def arbitrate(self, requests: Sequence[Request]) -> None:
        """Raises `Rejected` if the catalogue does not have the template of a request."""
        self._has_several_requests = len(requests) > 1
        eligible = [
            (request, candidate)
            for request in requests
            for candidate in self._find_eligible_candidates(request)
        ]
        marketing = [pair for pair in eligible if pair[1].template.purpose == MARKETING]
        if not eligible:
            return
        ranking = Ranking(self._scope, self._catalogue, self._seed)
        if len(marketing) < len(eligible):
            service = [pair for pair in eligible if pair[1].template.purpose != MARKETING]
            self._select_each(ranking.rank(service))
        if marketing:
            self._select_one_rule(ranking.rank(marketing))

    def _find_eligible_candidates(self, request: Request) -> list[Candidate]:
        """Returns the candidates that pass all gates. If a subject has some on channels that the
        customer prefers, its others are excluded."""
        eligible, find_closed_gate = list[Candidate](), self._gates.find_closed_gate
        unassigned = set(self._catalogue.policies.derive(Holdout, collect_experiment_names))
        for candidate in self._find_candidates(request):
            if unassigned:
                self._assign_experiments(request, candidate, unassigned)
            refused = self._refused and (candidate.subject, candidate.channel) in self._refused
            if reason := CAPACITY_USED_UP if refused else find_closed_gate(request, candidate):
                self._exclude(request, candidate, reason)
            else:
                eligible.append(candidate)
        if self._preferred_channels:
            return self._select_preferred(request, eligible)
        return eligible

    def _select_preferred(
        self, request: Request, candidates: Sequence[Candidate]
    ) -> list[Candidate]:
        preferred = self._preferred_channels
        subjects = {candidate.subject for candidate in candidates if candidate.channel in preferred}
        selected = []
        for candidate in candidates:
            if candidate.subject not in subjects or candidate.channel in preferred:
                selected.append(candidate)
            else:
                self._exclude(request, candidate, f"they prefer {', '.join(preferred)}")
        return selected

    def _find_candidates(self, request: Request) -> Iterator[Candidate]:
        """Returns all candidates of the request, and excludes offers that fail a gate of theirs."""
        find = CANDIDATE_FINDERS[type(request.verb)]
        return find(request.verb, self._catalogue, partial(self._is_offer_open, request))

    def _assign_experiments(
        self, request: Request, candidate: Candidate, unassigned: set[str]
    ) -> None:
        """Assigns the customer to the experiments of the candidate that are still `unassigned`:
        the first candidate that an experiment applies to counts."""
        for holdout, held_out in self._gates.find_holdouts(request, candidate):
            if holdout.salt in unassigned:
                unassigned.remove(holdout.salt)
                goal = find_goal(request.strategy, candidate.goal, self._catalogue)
                self.assignments.append(
                    ExperimentAssignment(holdout.salt, request.strategy, held_out, goal)
                )

    def _is_offer_open(self, request: Request, offer: Offer) -> bool:
        """Excludes the offer too if a gate is closed to it."""
        reason = self._gates.find_closed_offer_gate(offer)
        if reason:
            self.excluded.append(ExcludedCandidate(request, offer.offer_id, reason))
        return not reason

    def _select_one_rule(self, ranked: Sequence[RankedCandidate]) -> None:
        """Selects the rule of the best candidate that gets its claims, and excludes all others."""
        for position, best in enumerate(ranked):
            _, reason = self._determine_claims(best)
            if reason:
                self._exclude_ranked(best, reason)
                continue
            rule_id = best.request.rule_id
            rest = ranked[position:]
            self._select_each([o for o in rest if o.request.rule_id == rule_id], ranked)
            for other in rest:
                if other.request.rule_id != rule_id:
                    self._exclude_ranked(other, f"rule {rule_id} spoke instead")
            return

    def _select_each(
        self, ranked: Sequence[RankedCandidate], rivals: Sequence[RankedCandidate] = ()
    ) -> None:
        """Selects the best candidate of each request. `ranked` has the best first."""
        reasons: dict[int, str] = {}
        for ranked_candidate in ranked:
            request, candidate = ranked_candidate.request, ranked_candidate.candidate
            request_key = id(request)
            if request_key in reasons:
                self._exclude_ranked(ranked_candidate, reasons[request_key])
                continue
            claims, refusal = self._determine_claims(ranked_candidate)
            if reason := self._gates.find_closed_gate(request, candidate) or refusal:
                self._exclude_ranked(ranked_candidate, reason)
            else:
                reasons[request_key] = f"{candidate.subject} by {candidate.channel} was better"
                chance = self._compute_chance(ranked_candidate, rivals or ranked)
                self._select(ranked_candidate, claims, rivals, chance)

    def _compute_chance(self, chosen: RankedCandidate, ranked: Iterable[RankedCandidate]) -> float:
        """Computes the probability of the selection. Of service messages each request selects its
        own; of marketing all compete."""
        if chosen.draw is None:
            return 1.0
        if chosen.candidate.template.purpose != MARKETING:
            ranked = [one for one in ranked if one.request is chosen.request]
        contenders = select_with_capacity(ranked, self._scope, self._catalogue.policies)
        return compute_selection_probability(chosen, contenders)

    def _determine_claims(self, ranked: RankedCandidate) -> tuple[tuple[Claim, ...], str | None]:
        """Returns the claims and None, or no claims and the reason why it is not sent: an offer
        must not cost more than it is expected to bring."""
        request, candidate, _, score, draw = ranked
        if draw and score <= 0 < candidate.value:
            revenue = score + candidate.cost
            return (), f"it would cost {candidate.cost:g} and bring {revenue:.4g}"
        return determine_claims(request, candidate, self._scope, self._catalogue.policies)

    def _select(
        self,
        ranked: RankedCandidate,
        claims: tuple[Claim, ...],
        rivals: Sequence[RankedCandidate],
        chance: float,
    ) -> None:
        """Selects the candidate. Caps count it for the next requests of the same rule."""
        candidate, scope = ranked.candidate, self._scope
        access = self._gates.check_channel(candidate)
        self.selected.append(
            SelectedCandidate(ranked, access.address, claims, access.opens_at, rivals, chance)
        )
        if self._has_several_requests and candidate.template.purpose == MARKETING:
            history = scope.customer.contact_history.record_contact(
                scope.now,
                candidate.channel,
                category=candidate.category,
                offer=candidate.offer_id,
                action_id="",
            )
            customer = scope.customer.with_contact_history(history)
            self._scope = scope._replace(customer=customer)
            self._gates = EligibilityGates(self._scope, self._catalogue.policies)

    def _exclude_ranked(self, ranked: RankedCandidate, reason: str) -> None:
        request, candidate, _, score, _ = ranked
        self.excluded.append(exclude_candidate(request, candidate, reason, score))

    def _exclude(self, request: Request, candidate: Candidate, reason: str) -> None:
        self.excluded.append(exclude_candidate(request, candidate, reason))
