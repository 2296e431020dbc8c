"""The capacities that a message needs, and whether they are used up.

The decision goes by the figures in the surroundings, which may be some seconds old. `dispatch`
claims the shares in one transaction before it publishes the action.
"""

from collections.abc import Iterable, Iterator

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.policy import Policies
from hub.catalogue.domain.policy.budget import Budget
from hub.catalogue.domain.policy.capacity import QueueCapacity, group_by_queue
from hub.catalogue.domain.policy.periods import DAY, HOUR, MONTH
from hub.contact_policy.domain.contactability import MARKETING
from hub.decisioning.domain.ranking import RankedCandidate
from hub.expression.domain import Scope
from hub.kernel.times import to_iso
from hub.model.decision import Claim
from hub.surroundings.domain.capacity import describe_used_up, to_budget_units

_PERIOD_LENGTHS = {HOUR: 13, DAY: 10, MONTH: 7}
"""How many characters of an ISO 8601 time name the hour, day or month."""


def determine_claims(
    request: Request, candidate: Candidate, scope: Scope, policies: Policies
) -> tuple[tuple[Claim, ...], str | None]:
    """Returns the claims of a candidate and None, or no claims and the reason why it cannot have
    them."""
    surroundings = scope.surroundings
    claims = tuple(_list_claims(request, candidate, scope, policies))
    for claim in claims:
        if surroundings.claimed.get(claim.name, 0) + claim.amount > claim.limit:
            return (), describe_used_up(claim)
    if candidate.channel == "call":
        free = surroundings.queues.get(candidate.queue, {}).get("free")
        if free is not None and free <= 0:
            return (), f"the queue {candidate.queue} has no free agent"
    return claims, None


def select_with_capacity(
    ranked: Iterable[RankedCandidate], scope: Scope, policies: Policies
) -> list[RankedCandidate]:
    """Returns the candidates that can have their claims. Most need none."""
    has_budgets, selected = bool(policies.of_kind(Budget)), list[RankedCandidate]()
    for one in ranked:
        candidate = one.candidate
        offer = candidate.offer
        is_limited = has_budgets or candidate.queue or (offer and (offer.total or offer.budget))
        if not is_limited or not determine_claims(one.request, candidate, scope, policies)[1]:
            selected.append(one)
    return selected


def _list_claims(
    request: Request, candidate: Candidate, scope: Scope, policies: Policies
) -> Iterator[Claim]:
    if candidate.queue:
        by_queue = policies.derive(QueueCapacity, group_by_queue)
        for capacity in by_queue.get(candidate.queue, ()):
            yield Claim(
                _derive_capacity_name(capacity.name, capacity.per, scope), 1, capacity.slots
            )
    offer = candidate.offer
    if offer and offer.total:
        yield Claim(f"offer:{offer.offer_id}", 1, offer.total)
    if offer and offer.budget:
        yield Claim(
            f"budget:offer:{offer.offer_id}",
            to_budget_units(offer.cost),
            to_budget_units(offer.budget),
        )
    budgets = policies.of_kind(Budget)
    if budgets and candidate.template.purpose == MARKETING and candidate.cost > 0:
        about = candidate.channel, candidate.category, candidate.offer_id
        for budget in budgets:
            if budget.about.covers(*about, request.strategy):
                name = _derive_capacity_name(budget.name, budget.per, scope)
                yield Claim(name, to_budget_units(candidate.cost), to_budget_units(budget.amount))


def _derive_capacity_name(name: str, per: str, scope: Scope) -> str:
    """A capacity that is counted per hour, day or month has that period, in UTC, in its name."""
    length = _PERIOD_LENGTHS.get(per)
    return f"{name}/{to_iso(scope.now)[:length]}" if length else name
