"""`chance` is how often the candidate is selected: over many draws, in generated fields."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.decisioning.domain.chance_of_selection import compute_selection_probability
from hub.decisioning.domain.ranking import PropensityDraw, RankedCandidate, to_sort_key
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.propensity import Propensity
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.catalogues import OFFER, a_catalogue, a_rule, an_offer, decide_on
from tests.factories import a_customer, an_event

ROUNDS = 6_000
TOLERANCE = 0.03 + 0.02
"""The error that is promised, and three standard errors of a share of so many rounds."""
Selected = tuple[str, int, str]
"""Rule, position of the request, and offer."""

CATALOGUE = a_catalogue(an_offer("any"))
(ANY,) = CATALOGUE.candidates_of(CATALOGUE.offers["any"])


def a_request(rule: int, position: int = 0, priority: int = 0) -> Request:
    return Request(f"rule-{rule}", "s", priority, position, MakeOffer(offer="any"))


def a_candidate(name: str, value: float, cost: float, priority: int = 0) -> Candidate:
    arm = Arm(name, "email")
    return replace(ANY, subject=name, arm=arm, value=value, cost=cost, priority=priority)


def a_contender(draw: Random, request: Request, candidate: Candidate) -> RankedCandidate:
    """Some are messages without an offer. The same offer has the same propensity everywhere."""
    if draw.random() < 0.15:
        name = f"letter-{request.rule_id}-{request.position}"
        letter = replace(candidate, subject=name, arm=Arm(name, "email"), offer=None)
        return RankedCandidate(request, letter, 1.0, draw.choice([20.0, 90.0]))
    of_offer = Random(candidate.subject)  # noqa: S311 a field, not a secret
    propensity = Propensity(of_offer.uniform(-4, -1), of_offer.choice([0.05, 0.3, 0.9]))
    score = -candidate.cost
    return RankedCandidate(request, candidate, 1.0, score, PropensityDraw((), propensity, 0.0))


def a_field(seed: int) -> list[RankedCandidate]:
    """One to three rules, with one or two requests each. Several may ask for the same offers."""
    draw = Random(seed)  # noqa: S311 a field, not a secret
    values, costs, priorities = [0.0, 1000, 1000, 3000], [0.0, 0, 30, 90, 200], [0, 0, 0, 1]
    offers = [
        a_candidate(f"{seed}-{n}", draw.choice(values), draw.choice(costs), draw.choice(priorities))
        for n in range(4)
    ]
    field = []
    for rule in range(draw.randint(1, 3)):
        priority = draw.choice(priorities)
        for position in range(draw.choice([1, 1, 2])):
            request = a_request(rule, position, priority)
            asked = draw.sample(offers, draw.randint(1, 3))
            field += [a_contender(draw, request, candidate) for candidate in asked]
    return field[:6]


def draw_again(field: Sequence[RankedCandidate], draw: Random) -> list[RankedCandidate]:
    """Ranks the field by other draws."""
    deviations = {
        name: draw.gauss(0, 1) for name in sorted({one.candidate.subject for one in field})
    }
    drawn = [
        one
        if one.draw is None
        else one._replace(
            score=one.draw.propensity.value_at(deviations[one.candidate.subject])
            * one.candidate.value
            - one.candidate.cost
        )
        for one in field
    ]
    return sorted(drawn, key=to_sort_key)


def to_name(one: RankedCandidate) -> Selected:
    return one.request.rule_id, one.request.position, one.candidate.subject


def select(field: Sequence[RankedCandidate], places: int) -> list[Selected]:
    """Selects as arbitration does: the first rule with something to send, and of each of its
    requests the best."""
    sent = [one for one in field if not one.draw or one.score > 0 or one.candidate.value <= 0]
    left, selected = Counter[int](), []
    for one in sent:
        is_of_winner = one.request.rule_id == sent[0].request.rule_id
        if is_of_winner and left[one.request.position] < places:
            left[one.request.position] += 1
            selected.append(to_name(one))
    return selected


@pytest.mark.parametrize("seed", range(60))
def test_the_probability_is_how_often_the_candidate_is_selected(seed: int) -> None:
    field, draw, selections = a_field(seed), Random(seed), Counter[Selected]()  # noqa: S311 as above
    is_one_request = len({id(one.request) for one in field}) == 1
    places = 1 + seed % 3 if is_one_request else 1
    for _ in range(ROUNDS):
        selections.update(select(draw_again(field, draw), places))
    ranked = draw_again(field, draw)
    for one in ranked:
        if one.draw and (times := selections[to_name(one)]):
            probability = compute_selection_probability(one, ranked, places)
            assert probability == pytest.approx(times / ROUNDS, abs=TOLERANCE)


def test_the_fields_have_several_messages_of_a_rule_places_and_nothing_to_send() -> None:
    fields = [a_field(seed) for seed in range(60)]
    requests = [{(one.request.rule_id, one.request.position) for one in field} for field in fields]
    assert any(len(found) > len({rule for rule, _ in found}) > 1 for found in requests)
    assert any(len(found) == 1 and seed % 3 for seed, found in enumerate(requests))
    assert any(not one.draw for field in fields for one in field)


def test_an_offer_that_another_rule_asks_for_too_is_no_rival_of_itself() -> None:
    draw = PropensityDraw((), Propensity(-2, 0.5), 0.1)
    first, second = (
        RankedCandidate(a_request(rule), a_candidate("beans", 1000, 0), 1.0, 100.0, draw)
        for rule in (1, 2)
    )
    assert compute_selection_probability(first, [first, second]) == 1


def test_without_a_draw_nothing_else_could_have_been_selected() -> None:
    letter = RankedCandidate(a_request(1), replace(ANY, offer=None), 1.0, 30.0)
    assert compute_selection_probability(letter, [letter]) == 1


def logged_chances(*rows: dict[str, object], around: Surroundings = NO_SURROUNDINGS) -> list[float]:
    _, decision = decide_on(a_catalogue(*rows), a_customer(), an_event(), around=around)
    return [choice["chance"] for choice in decision.receipt["choices"] if "made" in choice]


def test_an_offer_without_capacity_is_no_rival() -> None:
    rows = (a_rule("r", OFFER), an_offer("beans", total=5), an_offer("mugs"))
    assert logged_chances(*rows) == pytest.approx([0.5], abs=0.01)
    assert logged_chances(*rows, around=Surroundings(claimed={"offer:beans": 5})) == [1]


def test_a_service_message_competes_with_the_candidates_of_its_own_request_only() -> None:
    notice = {"email": {"template": "notice"}}
    rows = (
        a_rule("r", {"do": "offer", "offer": "beans"}),
        a_rule("q", {"do": "offer", "offer": "mugs"}),
        an_offer("beans", treatments=notice),
        an_offer("mugs", treatments=notice),
    )
    assert logged_chances(*rows) == [1, 1]
