"""Who gets to speak: of all that firing rules ask to say on one event, what is said, and where.

Every message of purpose `service` is said. Of marketing, one rule speaks: two campaigns never both
talk about one event. Each request is fulfilled once, on the channel that ranks best.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from hub.domain.candidate import Candidate, Request, offers_of, ways
from hub.domain.catalogue import Catalogue
from hub.domain.channels import preferred
from hub.domain.contacts import contacted
from hub.domain.decision import Claim
from hub.domain.expression import Scope
from hub.domain.gates import MARKETING
from hub.domain.offer import Offer
from hub.domain.ranking import Ranked, Ranking
from hub.domain.scarcity import claims
from hub.domain.screening import Gates

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


def unsaid(candidate: Candidate, reason: str, score: float | None = None) -> Unsaid:
    return Unsaid(candidate.request, candidate.subject, reason, candidate.channel, score)


class Talk:
    """Settles the requests of one event. Afterwards `said` and `unsaid` tell all of them."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str, without: Without) -> None:
        self.said: list[Said] = []
        self.unsaid: list[Unsaid] = []
        self._scope = scope
        self._catalogue = catalogue
        self._gates = Gates(scope, catalogue.policies)
        self._ranking = Ranking(scope, catalogue, seed)
        self._without = without
        self._several = False

    def settle(self, requests: Sequence[Request]) -> None:
        self._several = len(requests) > 1
        found = [candidate for request in requests for candidate in self._open(request)]
        service = [c for c in found if c.template.purpose != MARKETING]
        marketing = [c for c in found if c.template.purpose == MARKETING]
        if service:
            self._say_each(self._ranking.ranked(service), ())
        if marketing:
            self._say_one_rule(self._ranking.ranked(marketing))

    def _open(self, request: Request) -> Iterator[Candidate]:
        """The candidates to which all gates are open, on preferred channels if there are any."""
        stands = [
            candidate
            for offer in offers_of(request, self._catalogue)
            if offer is None or self._made(request, offer)
            for candidate in ways(request, offer, self._catalogue)
            if self._passes(candidate)
        ]
        wished = preferred(self._scope.customer)
        liked = {c.subject for c in stands if c.channel in wished} if wished else ()
        for candidate in stands:
            if candidate.subject in liked and candidate.channel not in wished:
                self.unsaid.append(unsaid(candidate, f"they prefer {', '.join(wished)}"))
            else:
                yield candidate

    def _made(self, request: Request, offer: Offer) -> bool:
        if reason := self._gates.offer(offer):
            self.unsaid.append(Unsaid(request, offer.offer_id, reason))
        return reason is None

    def _passes(self, candidate: Candidate) -> bool:
        reason = self._gates.closed(candidate)
        if self._without and (candidate.subject, candidate.channel) in self._without:
            reason = "its capacity was used up"
        if reason:
            self.unsaid.append(unsaid(candidate, reason))
        return reason is None

    def _say_one_rule(self, ranked: Sequence[Ranked]) -> None:
        """The rule of the best candidate that can have what it needs."""
        for place, one in enumerate(ranked):
            if reason := self._refusal(one):
                self._leave(one, reason)
                continue
            speaker = one.candidate.request.rule_id
            rest = ranked[place:]
            self._say_each([o for o in rest if o.candidate.request.rule_id == speaker], ranked)
            for other in rest:
                if other.candidate.request.rule_id != speaker:
                    self._leave(other, f"rule {speaker} spoke instead")
            return

    def _say_each(self, ranked: Iterable[Ranked], rivals: Sequence[Ranked]) -> None:
        """Each request once, as its best candidate."""
        spoken: dict[int, str] = {}
        for one in ranked:
            request = id(one.candidate.request)
            if request in spoken:
                self._leave(one, spoken[request])
            elif reason := self._gates.closed(one.candidate) or self._refusal(one):
                self._leave(one, reason)
            else:
                spoken[request] = f"{one.candidate.subject} by {one.candidate.channel} was better"
                self._say(one, rivals)

    def _refusal(self, one: Ranked) -> str | None:
        if one.belief and one.value > 0 and one.score <= 0:
            return f"it would cost {one.cost:g} and bring {one.score + one.cost:.4g}"
        return self._claims(one)[1]

    def _claims(self, one: Ranked) -> tuple[tuple[Claim, ...], str | None]:
        return claims(one.candidate, one.cost, self._scope, self._catalogue.policies)

    def _say(self, one: Ranked, rivals: Sequence[Ranked]) -> None:
        """What is said counts against the caps of what the same rule says next."""
        candidate, scope = one.candidate, self._scope
        way = self._gates.way(candidate)
        self.said.append(Said(one, way.address, self._claims(one)[0], way.opens_at, rivals))
        if self._several and candidate.template.purpose == MARKETING:
            contact = candidate.channel, candidate.category, candidate.offer_id, ""
            self._scope = scope._replace(customer=contacted(scope.customer, scope.now, contact))
            self._gates = Gates(self._scope, self._catalogue.policies)

    def _leave(self, one: Ranked, reason: str) -> None:
        self.unsaid.append(unsaid(one.candidate, reason, one.score))
