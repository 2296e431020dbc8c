"""Who gets to speak: of all that firing rules ask to say on one event, what is said, and where.

Every message of purpose `service` is said. Of marketing, one rule speaks: two campaigns never both
talk about one event. Each request is fulfilled once, on the channel that ranks best.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request, messages
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.verb import wanted_channels
from hub.contact_policy.domain.contactability import MARKETING
from hub.decisioning.domain.constraints import claims
from hub.decisioning.domain.eligibility import Gates
from hub.decisioning.domain.ranking import Ranked, Ranking
from hub.expression.domain import Scope
from hub.measurement.domain.holdout_experiment import Trial, goal_of
from hub.model.channels import OUTBOUND, preferred
from hub.model.decision import Claim
from hub.profile.domain.contact_history import contacted

USED_UP = "its capacity was used up"
Without = frozenset[tuple[str, str]]
"""Subject and channel of what was refused already."""


class Said(NamedTuple):
    """What is said, at which address, on which claims. With `waits_until` it is decided anew then.
    `rivals` are all that it was ranked with."""

    ranked: Ranked
    address: str
    claims: tuple[Claim, ...]
    waits_until: datetime | None
    rivals: Sequence[Ranked]


class Unsaid(NamedTuple):
    """What is not said, and why; on every channel where none is named. With its score if it came
    so far."""

    request: Request
    subject: str
    reason: str
    channel: str = ""
    score: float | None = None


def unsaid(
    request: Request, candidate: Candidate, reason: str, score: float | None = None
) -> Unsaid:
    return Unsaid(request, candidate.subject, reason, candidate.channel, score)


class Talk:
    """Settles the requests of one event. Afterwards `said` and `unsaid` tell all of them, and
    `trials` of which holdouts they are a trial."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str, without: Without) -> None:
        self.said: list[Said] = []
        self.unsaid: list[Unsaid] = []
        self.trials: list[Trial] = []
        self._scope = scope
        self._catalogue = catalogue
        self._gates = Gates(scope, catalogue.policies)
        self._seed = seed
        self._without = without
        self._wished = preferred(scope.customer)
        self._several = False

    def settle(self, requests: Sequence[Request]) -> None:
        self._several = len(requests) > 1
        found = [(request, one) for request in requests for one in self._open(request)]
        marketing = [asked for asked in found if asked[1].template.purpose == MARKETING]
        if not found:
            return
        ranking = Ranking(self._scope, self._catalogue, self._seed)
        if len(marketing) < len(found):
            service = [asked for asked in found if asked[1].template.purpose != MARKETING]
            self._say_each(ranking.ranked(service), ())
        if marketing:
            self._say_one_rule(ranking.ranked(marketing))

    def _open(self, request: Request) -> Iterable[Candidate]:
        """The candidates to which all gates are open, on preferred channels if there are any."""
        stands, closed = [], self._gates.closed
        untried = set(self._catalogue.policies.experiments)
        for one in self._candidates(request):
            if untried:
                self._try(request, one, untried)
            refused = self._without and (one.subject, one.channel) in self._without
            if reason := USED_UP if refused else closed(request, one):
                self._leave(request, one, reason)
            else:
                stands.append(one)
        wished = self._wished
        if not wished:
            return stands
        liked = {one.subject for one in stands if one.channel in wished}
        return [one for one in stands if one.subject not in liked or self._likes(request, one)]

    def _likes(self, request: Request, candidate: Candidate) -> bool:
        likes = candidate.channel in self._wished
        if not likes:
            self._leave(request, candidate, f"they prefer {', '.join(self._wished)}")
        return likes

    def _candidates(self, request: Request) -> Iterator[Candidate]:
        """All ways to fulfil it, but for offers that may not be made at all."""
        words, catalogue = request.words, self._catalogue
        if request.verb.do != "offer":
            template = catalogue.template(words["template"])
            yield from messages(words, template, catalogue.policies.costs)
            return
        channels, placement = wanted_channels(words, OUTBOUND), words.get("placement")
        for offer in catalogue.offers_for(words):
            if self._made(request, offer):
                for one in catalogue.treatments_of(offer):
                    if one.channel in channels and (not placement or one.stands_at(placement)):
                        yield one

    def _try(self, request: Request, candidate: Candidate, untried: set[str]) -> None:
        """Of each experiment the first that would be said is the trial."""
        for holdout, held_out in self._gates.trials(request, candidate):
            if holdout.salt in untried:
                untried.remove(holdout.salt)
                goal = goal_of(request.strategy, candidate.goal, self._catalogue)
                self.trials.append(Trial(holdout.salt, request.strategy, held_out, goal))

    def _made(self, request: Request, offer: Offer) -> bool:
        reason = self._gates.offer(offer)
        if reason:
            self.unsaid.append(Unsaid(request, offer.offer_id, reason))
        return not reason

    def _say_one_rule(self, ranked: Sequence[Ranked]) -> None:
        """The rule of the best candidate that can have what it needs."""
        for place, one in enumerate(ranked):
            _, refused = self._terms(one)
            if refused:
                self._outdo(one, refused)
                continue
            speaker = one.request.rule_id
            rest = ranked[place:]
            self._say_each([o for o in rest if o.request.rule_id == speaker], ranked)
            for other in rest:
                if other.request.rule_id != speaker:
                    self._outdo(other, f"rule {speaker} spoke instead")
            return

    def _say_each(self, ranked: Iterable[Ranked], rivals: Sequence[Ranked]) -> None:
        """Each request once, as its best candidate."""
        spoken: dict[int, str] = {}
        for one in ranked:
            request = id(one.request)
            if request in spoken:
                self._outdo(one, spoken[request])
                continue
            taken, refused = self._terms(one)
            if reason := self._gates.closed(one.request, one.candidate) or refused:
                self._outdo(one, reason)
            else:
                spoken[request] = f"{one.candidate.subject} by {one.candidate.channel} was better"
                self._say(one, taken, rivals)

    def _terms(self, one: Ranked) -> tuple[tuple[Claim, ...], str | None]:
        """What saying it takes; or nothing, and why it is not to be had on these terms."""
        request, candidate, _, score, belief = one
        if belief and score <= 0 < candidate.value:
            earned = score + candidate.cost
            return (), f"it would cost {candidate.cost:g} and bring {earned:.4g}"
        return claims(request, candidate, self._scope, self._catalogue.policies)

    def _say(self, one: Ranked, taken: tuple[Claim, ...], rivals: Sequence[Ranked]) -> None:
        """What is said counts against the caps of what the same rule says next."""
        candidate, scope = one.candidate, self._scope
        way = self._gates.way(candidate)
        self.said.append(Said(one, way.address, taken, way.opens_at, rivals))
        if self._several and candidate.template.purpose == MARKETING:
            contact = candidate.channel, candidate.category, candidate.offer_id, ""
            self._scope = scope._replace(customer=contacted(scope.customer, scope.now, contact))
            self._gates = Gates(self._scope, self._catalogue.policies)

    def _outdo(self, one: Ranked, reason: str) -> None:
        request, candidate, _, score, _ = one
        self.unsaid.append(unsaid(request, candidate, reason, score))

    def _leave(self, request: Request, candidate: Candidate, reason: str) -> None:
        self.unsaid.append(unsaid(request, candidate, reason))
