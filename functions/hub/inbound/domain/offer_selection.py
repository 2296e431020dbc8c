"""Answering: somebody asks, now, which offers suit a customer at a place: a web page, an app, the
screen of a call-centre agent. The same gates, the same ranking; nothing is sent and nothing of the
customer is changed, which only what was really shown will do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.verb import Verb
from hub.decisioning.domain.arbitration import Said, Unsaid, unsaid
from hub.decisioning.domain.constraints import claims
from hub.decisioning.domain.eligibility import Gates
from hub.decisioning.domain.ranking import Ranked, Ranking
from hub.decisioning.domain.receipt import done, told, write_receipt
from hub.expression.domain import Scope
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected
from hub.model.channels import INBOUND

ASKED = "decision.requested"
_ASKED = Request("", "", 0, 0, Verb("answer", {}))
"""What is asked from outside stands in no rule."""
MOST_OFFERS = 10
LONGEST_WORD = 200


@dataclass(frozen=True, slots=True)
class Question:
    """`limit` offers at most, on a channel on which the customer comes to us; with the `tag`, and
    at the `placement`, that are asked for, or any."""

    channel: str
    placement: str = ""
    tag: str = ""
    limit: int = 1

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Question":
        """Raises `Rejected` naming the field."""
        channel, limit = data.get("channel", "web"), data.get("limit", 1)
        if channel not in INBOUND:
            close = did_you_mean(nearest(str(channel), INBOUND))
            raise Rejected(
                f"{quoted(channel)} is not one of {', '.join(INBOUND)}{close}", "channel"
            )
        if type(limit) is not int or not 1 <= limit <= MOST_OFFERS:
            raise Rejected(f"{quoted(limit)} is not a whole number up to {MOST_OFFERS}", "limit")
        words = {name: data.get(name, "") for name in ("placement", "tag")}
        for name, word in words.items():
            if not isinstance(word, str) or len(word) > LONGEST_WORD:
                raise Rejected(f"{quoted(word)} is not a short text", name)
        return cls(channel, limit=limit, **words)


class Shown(NamedTuple):
    """An offer and what is shown of it, by part (`html`, `text`)."""

    said: Said
    content: Mapping[str, str]


class Answer(NamedTuple):
    """The offers, the best first; `unsaid` is why not the others."""

    decision_id: str
    offers: Sequence[Shown]
    unsaid: Sequence[Unsaid]


Rendering = Callable[[Candidate], Mapping[str, str]]


def answer(
    question: Question, scope: Scope, catalogue: Catalogue, seed: str, render: Rendering
) -> Answer:
    """`scope.event` is the request: its properties are the situation. An offer that `render`
    refuses, since its content asks for what is not known, is left out."""
    open_ones, left = _screened(question, scope, catalogue)
    ranking = Ranking(scope, catalogue, f"{seed} {scope.event.id}")
    ranked = ranking.ranked((_ASKED, one) for one in open_ones)
    offers, told_of = list[Shown](), set[str]()
    for one in ranked:
        candidate = one.candidate
        if gone := claims(_ASKED, candidate, scope, catalogue.policies)[1]:
            left.append(unsaid(_ASKED, candidate, gone, one.score))
        elif one.score <= 0 < candidate.value:
            left.append(unsaid(_ASKED, candidate, "it would cost more than it brings", one.score))
        elif len(offers) == question.limit or candidate.subject in told_of:
            left.append(unsaid(_ASKED, candidate, "others were better", one.score))
        else:
            try:
                offers.append(Shown(_said(one, ranked), render(candidate)))
                told_of.add(candidate.subject)
            except Rejected as lacking:
                left.append(unsaid(_ASKED, candidate, f"its content: {lacking.reason}", one.score))
    return Answer(decision_id(scope), offers, left)


def decision_id(scope: Scope) -> str:
    """Of the same question by the same customer always the same."""
    return f"d-{digest(f'answer {scope.customer.customer_id} {scope.event.id}', 12)}"


def receipt_of(
    answered: Answer, question: Question, scope: Scope, catalogue: int
) -> dict[str, Any]:
    """As of any decision; `made` are the references' ids."""
    made = [
        done(one.said, reference_id(answered.decision_id, one.said.ranked.candidate))
        for one in answered.offers
    ]
    choices = [*made, *told(answered.unsaid)]
    receipt = write_receipt(scope.event, catalogue, [], listening=0, choices=choices, moved={})
    if not choices:
        place = " at ".join(filter(None, (question.channel, question.placement)))
        receipt["sentence"] = f"Asked for {place}: no live offer has a treatment for it."
    return receipt


def reference_id(decision: str, candidate: Candidate) -> str:
    return f"a-{digest(f'{decision} {candidate.subject}', 12)}"


def _screened(
    question: Question, scope: Scope, catalogue: Catalogue
) -> tuple[list[Candidate], list[Unsaid]]:
    gates = Gates(scope, catalogue.policies)
    open_ones, closed = list[Candidate](), list[Unsaid]()
    for candidate in _candidates(question, catalogue):
        reason = gates.offer(candidate.offer) if candidate.offer else None
        reason = reason or gates.closed(_ASKED, candidate)
        if reason:
            closed.append(unsaid(_ASKED, candidate, reason))
        else:
            open_ones.append(candidate)
    return open_ones, closed


def _candidates(question: Question, catalogue: Catalogue) -> Iterator[Candidate]:
    tagged = catalogue.offers_for({"tag": question.tag}) if question.tag else None
    place = question.placement
    for offer in catalogue.offers.values() if tagged is None else tagged:
        for candidate in catalogue.treatments_of(offer):
            if candidate.channel == question.channel and (not place or candidate.stands_at(place)):
                yield candidate


def _said(one: Ranked, rivals: Sequence[Ranked]) -> Said:
    return Said(one, "", (), None, rivals)
