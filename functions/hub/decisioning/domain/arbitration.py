"""Who gets to speak: of all that firing rules ask to say on one event, what is said, and where.

Every message of purpose `service` is said. Of marketing, one rule speaks: two campaigns never both
talk about one event. Each request is fulfilled once, on the channel that ranks best.
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
from hub.decisioning.domain.constraints import determine_claims
from hub.decisioning.domain.eligibility import EligibilityGates
from hub.decisioning.domain.ranking import RankedCandidate, Ranking
from hub.decisioning.domain.verbs import CANDIDATE_FINDERS
from hub.expression.domain import Scope
from hub.measurement.domain.holdout_experiment import ExperimentAssignment, find_goal
from hub.model.addresses import list_preferred_channels
from hub.model.decision import Claim

CAPACITY_USED_UP = "its capacity was used up"
RefusedCandidates = frozenset[tuple[str, str]]
"""Subject and channel of what was refused already."""


class SelectedCandidate(NamedTuple):
    """What is said, at which address, on which claims. With `waits_until` it is decided anew then.
    `rivals` are all that it was ranked with."""

    ranked: RankedCandidate
    address: str
    claims: tuple[Claim, ...]
    waits_until: datetime | None
    rivals: Sequence[RankedCandidate]


class ExcludedCandidate(NamedTuple):
    """What is not said, and why; on every channel where none is named. With its score if it came
    so far."""

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
    """Settles the requests of one event. Afterwards `said` and `unsaid` tell all of them, and
    `trials` of which holdouts they are a trial."""

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
        self._has_several_requests = len(requests) > 1
        found = [
            (request, one) for request in requests for one in self._find_open_candidates(request)
        ]
        marketing = [asked for asked in found if asked[1].template.purpose == MARKETING]
        if not found:
            return
        ranking = Ranking(self._scope, self._catalogue, self._seed)
        if len(marketing) < len(found):
            service = [asked for asked in found if asked[1].template.purpose != MARKETING]
            self._select_each(ranking.rank(service), ())
        if marketing:
            self._select_one_rule(ranking.rank(marketing))

    def _find_open_candidates(self, request: Request) -> Iterable[Candidate]:
        """The candidates to which all gates are open, on preferred channels if there are any."""
        stands, closed = [], self._gates.find_closed_gate
        untried = set(self._catalogue.policies.derive(Holdout, collect_experiment_names))
        for one in self._find_candidates(request):
            if untried:
                self._assign_experiments(request, one, untried)
            refused = self._refused and (one.subject, one.channel) in self._refused
            if reason := CAPACITY_USED_UP if refused else closed(request, one):
                self._exclude(request, one, reason)
            else:
                stands.append(one)
        wished = self._preferred_channels
        if not wished:
            return stands
        liked = {one.subject for one in stands if one.channel in wished}
        return [
            one
            for one in stands
            if one.subject not in liked or self._keep_if_preferred(request, one)
        ]

    def _keep_if_preferred(self, request: Request, candidate: Candidate) -> bool:
        likes = candidate.channel in self._preferred_channels
        if not likes:
            self._exclude(request, candidate, f"they prefer {', '.join(self._preferred_channels)}")
        return likes

    def _find_candidates(self, request: Request) -> Iterator[Candidate]:
        """All ways to fulfil it, but for offers that may not be made at all."""
        find = CANDIDATE_FINDERS[type(request.verb)]
        return find(request.verb, self._catalogue, partial(self._is_offer_open, request))

    def _assign_experiments(
        self, request: Request, candidate: Candidate, untried: set[str]
    ) -> None:
        """Of each experiment the first that would be said is the trial."""
        for holdout, held_out in self._gates.find_holdouts(request, candidate):
            if holdout.salt in untried:
                untried.remove(holdout.salt)
                goal = find_goal(request.strategy, candidate.goal, self._catalogue)
                self.assignments.append(
                    ExperimentAssignment(holdout.salt, request.strategy, held_out, goal)
                )

    def _is_offer_open(self, request: Request, offer: Offer) -> bool:
        reason = self._gates.find_closed_offer_gate(offer)
        if reason:
            self.excluded.append(ExcludedCandidate(request, offer.offer_id, reason))
        return not reason

    def _select_one_rule(self, ranked: Sequence[RankedCandidate]) -> None:
        """The rule of the best candidate that can have what it needs."""
        for place, one in enumerate(ranked):
            _, refused = self._determine_claims(one)
            if refused:
                self._exclude_ranked(one, refused)
                continue
            speaker = one.request.rule_id
            rest = ranked[place:]
            self._select_each([o for o in rest if o.request.rule_id == speaker], ranked)
            for other in rest:
                if other.request.rule_id != speaker:
                    self._exclude_ranked(other, f"rule {speaker} spoke instead")
            return

    def _select_each(
        self, ranked: Iterable[RankedCandidate], rivals: Sequence[RankedCandidate]
    ) -> None:
        """Each request once, as its best candidate."""
        spoken: dict[int, str] = {}
        for one in ranked:
            request = id(one.request)
            if request in spoken:
                self._exclude_ranked(one, spoken[request])
                continue
            taken, refused = self._determine_claims(one)
            if reason := self._gates.find_closed_gate(one.request, one.candidate) or refused:
                self._exclude_ranked(one, reason)
            else:
                spoken[request] = f"{one.candidate.subject} by {one.candidate.channel} was better"
                self._select(one, taken, rivals)

    def _determine_claims(self, one: RankedCandidate) -> tuple[tuple[Claim, ...], str | None]:
        """What saying it takes; or nothing, and why it is not to be had on these terms."""
        request, candidate, _, score, belief = one
        if belief and score <= 0 < candidate.value:
            earned = score + candidate.cost
            return (), f"it would cost {candidate.cost:g} and bring {earned:.4g}"
        return determine_claims(request, candidate, self._scope, self._catalogue.policies)

    def _select(
        self, one: RankedCandidate, taken: tuple[Claim, ...], rivals: Sequence[RankedCandidate]
    ) -> None:
        """What is said counts against the caps of what the same rule says next."""
        candidate, scope = one.candidate, self._scope
        way = self._gates.check_channel(candidate)
        self.selected.append(SelectedCandidate(one, way.address, taken, way.opens_at, rivals))
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

    def _exclude_ranked(self, one: RankedCandidate, reason: str) -> None:
        request, candidate, _, score, _ = one
        self.excluded.append(exclude_candidate(request, candidate, reason, score))

    def _exclude(self, request: Request, candidate: Candidate, reason: str) -> None:
        self.excluded.append(exclude_candidate(request, candidate, reason))
