"""Answering: somebody asks, now, which offers suit a customer at a place: a web page, an app, the
screen of a call-centre agent. The same gates, the same ranking; nothing is sent and nothing of the
customer is changed, which only what was really shown will do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.verbs.message_verb import MessageVerb
from hub.catalogue.domain.verbs.verb import VerbWords
from hub.decisioning.domain.arbitration import (
    ExcludedCandidate,
    SelectedCandidate,
    exclude_candidate,
)
from hub.decisioning.domain.chance_of_selection import compute_selection_probability
from hub.decisioning.domain.constraints import determine_claims
from hub.decisioning.domain.eligibility import EligibilityGates
from hub.decisioning.domain.faulty_rows import run_without_faulty_rows
from hub.decisioning.domain.ranking import RankedCandidate, Ranking
from hub.decisioning.domain.receipt import (
    add_faults,
    describe_excluded,
    describe_selected,
    write_receipt,
)
from hub.expression.domain import Scope
from hub.inbound.domain import answer_ids
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.errors import Rejected, explain_fault
from hub.model.channels import INBOUND_CHANNELS

DECISION_REQUESTED = "decision.requested"
MOST_OFFERS = 10
LONGEST_WORD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnswerQuery(MessageVerb):
    """Stands for the verb of a request that comes from outside: no rule has it."""

    do: ClassVar[str] = "answer"
    words: ClassVar[VerbWords] = VerbWords()


_DIRECT_REQUEST = Request("", "", 0, 0, _AnswerQuery())


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """`limit` offers at most, on a channel on which the customer comes to us; with the `tag`, and
    at the `placement`, that are asked for, or any."""

    channel: str
    placement: str = ""
    tag: str = ""
    limit: int = 1

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "OfferQuery":
        """Raises `Rejected` naming the field."""
        channel, limit = data.get("channel", "web"), _to_whole(data.get("limit", 1))
        if channel not in INBOUND_CHANNELS:
            close = format_suggestion(find_nearest(str(channel), INBOUND_CHANNELS))
            raise Rejected(
                f"{quote_value(channel)} is not one of {', '.join(INBOUND_CHANNELS)}{close}",
                "channel",
            )
        if type(limit) is not int or not 1 <= limit <= MOST_OFFERS:
            raise Rejected(
                f"{quote_value(limit)} is not a whole number up to {MOST_OFFERS}", "limit"
            )
        words = {name: data.get(name, "") for name in ("placement", "tag")}
        for name, word in words.items():
            if not isinstance(word, str) or len(word) > LONGEST_WORD:
                raise Rejected(f"{quote_value(word)} is not a short text", name)
        return cls(channel, limit=limit, **words)


def _to_whole(value: Any) -> Any:
    """JSON has one kind of number: 2.0 is 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class SelectedOffer(NamedTuple):
    """An offer and what is shown of it, by part (`html`, `text`)."""

    selected: SelectedCandidate
    content: Mapping[str, str]


class OfferSelection(NamedTuple):
    """The offers, the best first; `excluded` is why not the others. `faults` are the rows without
    which they were selected."""

    decision_id: str
    offers: Sequence[SelectedOffer]
    excluded: Sequence[ExcludedCandidate]
    faults: Mapping[str, str] = MappingProxyType({})


RenderCandidate = Callable[[Candidate], Mapping[str, str]]


def select_offers(
    query: OfferQuery, scope: Scope, catalogue: Catalogue, seed: str, render: RenderCandidate
) -> OfferSelection:
    """`scope.event` is the request: its properties are the situation. An offer that `render`
    refuses, since its content asks for what is not known, is left out.

    Offers and policies on which the hub fails are left out too, as in a decision."""
    try:
        return _select_offers(query, scope, catalogue, seed, render)
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
        explain_fault(error)
    selection, faults = run_without_faulty_rows(
        lambda catalogue: _select_offers(query, scope, catalogue, seed, render), catalogue, ()
    )
    return selection._replace(faults=faults)


def _select_offers(
    query: OfferQuery, scope: Scope, catalogue: Catalogue, seed: str, render: RenderCandidate
) -> OfferSelection:
    open_ones, left = _screen_candidates(query, scope, catalogue)
    ranking = Ranking(scope, catalogue, f"{seed} {scope.event.id}")
    ranked = ranking.rank((_DIRECT_REQUEST, one) for one in open_ones)
    shown, told_of = list[tuple[RankedCandidate, Mapping[str, str]]](), set[str]()
    failed = set[int]()
    for one in ranked:
        candidate = one.candidate
        if gone := determine_claims(_DIRECT_REQUEST, candidate, scope, catalogue.policies)[1]:
            left.append(exclude_candidate(_DIRECT_REQUEST, candidate, gone, one.score))
            failed.add(id(one))
        elif one.score <= 0 < candidate.value:
            left.append(
                exclude_candidate(
                    _DIRECT_REQUEST, candidate, "it would cost more than it brings", one.score
                )
            )
        elif len(shown) == query.limit or candidate.subject in told_of:
            left.append(
                exclude_candidate(_DIRECT_REQUEST, candidate, "others were better", one.score)
            )
        else:
            try:
                shown.append((one, render(candidate)))
                told_of.add(candidate.subject)
            except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
                reason = f"its content: {explain_fault(error)}"
                left.append(exclude_candidate(_DIRECT_REQUEST, candidate, reason, one.score))
                failed.add(id(one))
    contenders = [one for one in ranked if id(one) not in failed]
    offers = [
        SelectedOffer(_select_candidate(one, ranked, contenders, query.limit), content)
        for one, content in shown
    ]
    return OfferSelection(derive_decision_id(scope), offers, left)


def derive_decision_id(scope: Scope) -> str:
    """Of the same question by the same customer always the same."""
    return answer_ids.derive_decision_id(scope.customer.customer_id, scope.event.id)


def build_receipt(
    selection: OfferSelection, query: OfferQuery, scope: Scope, catalogue: int
) -> dict[str, Any]:
    """As of any decision; `made` are the references' ids."""
    made = [
        describe_selected(
            one.selected, derive_reference_id(selection.decision_id, one.selected.ranked.candidate)
        )
        for one in selection.offers
    ]
    choices = [*made, *describe_excluded(selection.excluded)]
    receipt = write_receipt(scope.event, catalogue, [], rule_count=0, choices=choices, moves={})
    if not choices:
        place = " at ".join(filter(None, (query.channel, query.placement)))
        receipt["sentence"] = f"Asked for {place}: no live offer has a treatment for it."
    return dict(add_faults(receipt, selection.faults))


def derive_reference_id(decision: str, candidate: Candidate) -> str:
    return answer_ids.derive_reference_id(decision, candidate.subject)


def find_closed_gate(candidate: Candidate, scope: Scope, catalogue: Catalogue) -> str | None:
    """Returns why the candidate must not be shown to the customer of `scope`, or None."""
    return _find_closed_gate(EligibilityGates(scope, catalogue.policies), candidate)


def _find_closed_gate(gates: EligibilityGates, candidate: Candidate) -> str | None:
    reason = gates.find_closed_offer_gate(candidate.offer) if candidate.offer else None
    return reason or gates.find_closed_gate(_DIRECT_REQUEST, candidate)


def _screen_candidates(
    query: OfferQuery, scope: Scope, catalogue: Catalogue
) -> tuple[list[Candidate], list[ExcludedCandidate]]:
    gates = EligibilityGates(scope, catalogue.policies)
    open_ones, closed = list[Candidate](), list[ExcludedCandidate]()
    for candidate in _find_candidates(query, catalogue):
        if reason := _find_closed_gate(gates, candidate):
            closed.append(exclude_candidate(_DIRECT_REQUEST, candidate, reason))
        else:
            open_ones.append(candidate)
    return open_ones, closed


def _find_candidates(query: OfferQuery, catalogue: Catalogue) -> Iterator[Candidate]:
    tagged = catalogue.offers_with_tag(query.tag) if query.tag else None
    place = query.placement
    for offer in catalogue.offers.values() if tagged is None else tagged:
        for candidate in catalogue.candidates_of(offer):
            if candidate.channel == query.channel and (not place or candidate.is_allowed_at(place)):
                yield candidate


def _select_candidate(
    one: RankedCandidate,
    ranked: Sequence[RankedCandidate],
    contenders: Sequence[RankedCandidate],
    limit: int,
) -> SelectedCandidate:
    """`contenders` could have been shown: those whose content failed and that have no capacity
    could not."""
    chance = compute_selection_probability(one, contenders, limit)
    return SelectedCandidate(one, "", (), None, ranked, chance)
