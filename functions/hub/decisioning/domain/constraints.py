"""What is shared and scarce: which of it a message would take, and whether there is any left.

The decision goes by the figures at hand; whoever publishes the action claims them for certain.
"""

from collections.abc import Iterator

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.policy import Policies
from hub.catalogue.domain.policy.budget import Budget
from hub.catalogue.domain.policy.capacity import QueueCapacity, group_by_queue
from hub.catalogue.domain.policy.periods import DAY, HOUR, MONTH
from hub.contact_policy.domain.contactability import MARKETING
from hub.expression.domain import Scope
from hub.kernel.times import to_iso
from hub.model.decision import Claim
from hub.surroundings.domain.capacity import describe_used_up, to_budget_units

_WINDOW_LENGTHS = {HOUR: 13, DAY: 10, MONTH: 7}


def determine_claims(
    request: Request, candidate: Candidate, scope: Scope, policies: Policies
) -> tuple[tuple[Claim, ...], str | None]:
    """What it takes; or nothing, and which of it is used up."""
    around, wanted = scope.surroundings, tuple(_list_claims(request, candidate, scope, policies))
    for claim in wanted:
        if around.claimed.get(claim.name, 0) + claim.amount > claim.limit:
            return (), describe_used_up(claim)
    if candidate.channel == "call":
        free = around.queues.get(candidate.queue, {}).get("free")
        if free is not None and free <= 0:
            return (), f"the queue {candidate.queue} has no free agent"
    return wanted, None


def _list_claims(
    request: Request, candidate: Candidate, scope: Scope, policies: Policies
) -> Iterator[Claim]:
    if candidate.queue:
        by_queue = policies.derive(QueueCapacity, group_by_queue)
        for capacity in by_queue.get(candidate.queue, ()):
            yield Claim(_capacity_name(capacity.name, capacity.per, scope), 1, capacity.slots)
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
                name = _capacity_name(budget.name, budget.per, scope)
                yield Claim(name, to_budget_units(candidate.cost), to_budget_units(budget.amount))


def _capacity_name(name: str, per: str, scope: Scope) -> str:
    """A capacity that begins anew has its window, in UTC, in its name."""
    length = _WINDOW_LENGTHS.get(per)
    return f"{name}/{to_iso(scope.now)[:length]}" if length else name
