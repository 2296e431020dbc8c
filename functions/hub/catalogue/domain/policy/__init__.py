"""The policies that bind every rule and offer: rows of one table, told apart by `kind`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Self

from hub.catalogue.domain.policy.attribution_window import DEFAULT_WINDOW, AttributionWindow
from hub.catalogue.domain.policy.contact_limits import (
    DEFER,
    FrequencyCap,
    Holdout,
    QuietHours,
    Suppression,
    hash_to_unit_interval,
)
from hub.catalogue.domain.policy.scope import ANYTHING, PolicyScope
from hub.catalogue.domain.policy.strategy_goal import StrategyGoal
from hub.catalogue.domain.policy.value_and_cost import (
    DAY,
    HOUR,
    MONTH,
    Budget,
    ChannelCost,
    ContextWeight,
    LearningPolicy,
    QueueCapacity,
)
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.learning.domain.propensity import Learner
from hub.model.channels import INBOUND_CHANNELS

__all__ = [
    "ANYTHING",
    "DAY",
    "DEFER",
    "HOUR",
    "MONTH",
    "AttributionWindow",
    "Budget",
    "ChannelCost",
    "ContextWeight",
    "FrequencyCap",
    "Holdout",
    "LearningPolicy",
    "Policies",
    "Policy",
    "PolicyScope",
    "QueueCapacity",
    "QuietHours",
    "StrategyGoal",
    "Suppression",
    "hash_to_unit_interval",
    "policy_from_row",
]

STATUSES = ("draft", "live", "paused")

Policy = (
    FrequencyCap
    | QuietHours
    | Holdout
    | Suppression
    | QueueCapacity
    | Budget
    | ChannelCost
    | ContextWeight
    | LearningPolicy
    | StrategyGoal
    | AttributionWindow
)
_READ_BY_KIND: Mapping[str, Callable[[RowReader, FieldTypes], Policy]] = {
    "frequency_cap": FrequencyCap.read,
    "quiet_hours": QuietHours.read,
    "holdout": Holdout.read,
    "suppression": Suppression.read,
    "capacity": QueueCapacity.read,
    "budget": Budget.read,
    "channel_cost": ChannelCost.read,
    "context_weight": ContextWeight.read,
    "learning": LearningPolicy.read,
    "aim": StrategyGoal.read,
    "attribution": AttributionWindow.read,
}
POLICY_KINDS = tuple(_READ_BY_KIND)


def policy_from_row(row: Row, fields: FieldTypes) -> Policy | None:
    """None while it is a draft or paused. Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    reader.read_key("policy_id")
    status = reader.read_one_of("status", STATUSES, "draft")
    kind = reader.read_one_of("kind", POLICY_KINDS)
    policy = _READ_BY_KIND[kind](reader, fields) if kind else None
    reader.raise_if_invalid()
    return policy if status == "live" else None


@dataclass(frozen=True)
class Policies:
    """All that are live, by kind."""

    live: tuple[Policy, ...] = field(default_factory=tuple)

    @classmethod
    def from_policies(cls, policies: Iterable[Policy | None]) -> Self:
        return cls(tuple(policy for policy in policies if policy is not None))

    @cached_property
    def frequency_caps(self) -> tuple[FrequencyCap, ...]:
        return tuple(p for p in self.live if isinstance(p, FrequencyCap))

    @cached_property
    def inbound_caps(self) -> tuple[FrequencyCap, ...]:
        """Those of a channel on which the customer comes to us."""
        return tuple(cap for cap in self.frequency_caps if cap.about.channel in INBOUND_CHANNELS)

    @cached_property
    def quiet_hours(self) -> tuple[QuietHours, ...]:
        return tuple(p for p in self.live if isinstance(p, QuietHours))

    @cached_property
    def holdouts(self) -> tuple[Holdout, ...]:
        return tuple(p for p in self.live if isinstance(p, Holdout))

    @cached_property
    def experiment_names(self) -> frozenset[str]:
        """The names of what the holdouts try."""
        return frozenset(holdout.salt for holdout in self.holdouts)

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        return tuple(p for p in self.live if isinstance(p, Suppression))

    @cached_property
    def capacities(self) -> Mapping[str, tuple[QueueCapacity, ...]]:
        found: dict[str, tuple[QueueCapacity, ...]] = {}
        for policy in self.live:
            if isinstance(policy, QueueCapacity):
                found[policy.queue] = (*found.get(policy.queue, ()), policy)
        return found

    @cached_property
    def budgets(self) -> tuple[Budget, ...]:
        return tuple(p for p in self.live if isinstance(p, Budget))

    @cached_property
    def channel_costs(self) -> Mapping[str, float]:
        return {p.channel: p.cost for p in self.live if isinstance(p, ChannelCost)}

    @cached_property
    def context_weights(self) -> tuple[ContextWeight, ...]:
        return tuple(p for p in self.live if isinstance(p, ContextWeight))

    @cached_property
    def strategy_goals(self) -> Mapping[str, tuple[StrategyGoal, ...]]:
        """By the event that reaches their goal."""
        found: dict[str, tuple[StrategyGoal, ...]] = {}
        for policy in self.live:
            if isinstance(policy, StrategyGoal):
                found[policy.goal.event] = (*found.get(policy.goal.event, ()), policy)
        return found

    def attribution_window(self, channel: str) -> timedelta:
        """How long after a message on the channel a sale may be owed to it that names none."""
        return self._windows.get(channel) or self._windows.get("", DEFAULT_WINDOW)

    @cached_property
    def _windows(self) -> Mapping[str, timedelta]:
        found = (policy for policy in self.live if isinstance(policy, AttributionWindow))
        return {policy.about.channel: policy.window for policy in found}

    @cached_property
    def learner(self) -> Learner:
        return next((p.learner for p in self.live if isinstance(p, LearningPolicy)), Learner())


NO_POLICIES = Policies()
