"""Policies: the constraints on every rule and offer. The attribute `kind` says what a row is.

Each kind has its own module. `POLICY_TYPES` lists them.
"""

from hub.catalogue.domain.policy.aim import StrategyGoal
from hub.catalogue.domain.policy.attribution import AttributionWindow
from hub.catalogue.domain.policy.budget import Budget
from hub.catalogue.domain.policy.capacity import QueueCapacity
from hub.catalogue.domain.policy.channel_cost import ChannelCost
from hub.catalogue.domain.policy.context_weight import ContextWeight
from hub.catalogue.domain.policy.frequency_cap import FrequencyCap
from hub.catalogue.domain.policy.holdout import Holdout
from hub.catalogue.domain.policy.learning_policy import LearningPolicy
from hub.catalogue.domain.policy.policies import NO_POLICIES, Policies, Policy
from hub.catalogue.domain.policy.quiet_hours import QuietHours
from hub.catalogue.domain.policy.suppression import Suppression
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.expression.domain.field_types import FieldTypes

__all__ = ["NO_POLICIES", "POLICY_KINDS", "Policies", "Policy", "policy_from_row"]

STATUSES = ("draft", "live", "paused")
POLICY_TYPES: tuple[type[Policy], ...] = (
    FrequencyCap,
    QuietHours,
    Holdout,
    Suppression,
    QueueCapacity,
    Budget,
    ChannelCost,
    ContextWeight,
    LearningPolicy,
    StrategyGoal,
    AttributionWindow,
)
_TYPES_BY_KIND = {policy.KIND: policy for policy in POLICY_TYPES}
POLICY_KINDS = tuple(_TYPES_BY_KIND)


def policy_from_row(row: Row, fields: FieldTypes) -> Policy | None:
    """Reads a policy. Returns None for a draft or a paused one.

    Raises `InvalidRow` with all problems of the row.
    """
    reader = RowReader(row)
    reader.read_key("policy_id")
    status = reader.read_one_of("status", STATUSES, "draft")
    kind = reader.read_one_of("kind", POLICY_KINDS)
    policy = _TYPES_BY_KIND[kind].read(reader, fields) if kind else None
    reader.raise_if_invalid()
    return policy if status == "live" else None
