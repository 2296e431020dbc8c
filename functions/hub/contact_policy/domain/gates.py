"""The list of gates: what may stop a message, and when the hub asks it.

The hub decides on a message once and sends it later. So each gate is asked at the decision, and
again at the last look, just before the message goes out. A message that quiet hours postponed is
also resumed by a decision in between. A gate that is not asked at all three times says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AskedAt(StrEnum):
    """When a gate is asked."""

    DECISION = "decision"
    RESUMPTION = "after quiet hours"
    LAST_LOOK = "last look"


ALWAYS = frozenset(AskedAt)


@dataclass(frozen=True, slots=True)
class Gate:
    """`asks` says for marketers what it asks. `policies` are the kinds of policy that it reads.

    `reason` says why it is not asked at all times. `is_marketing` gates let service messages
    pass."""

    name: str
    asks: str
    at: frozenset[AskedAt] = ALWAYS
    reason: str = ""
    policies: tuple[str, ...] = ()
    is_marketing: bool = False


GATES: tuple[Gate, ...] = (
    Gate("erasure", "Is the customer known, and not erased?"),
    Gate("consent", "Did they agree to this purpose on this channel?"),
    Gate("address", "Is the channel's address known, and still theirs?"),
    Gate("refused address", "Did the address itself not refuse, whoever has it?"),
    Gate("dialogue", "Is the dialogue in the state in which the rule speaks?"),
    Gate("dates", "Are the message, its rule and its offer within their dates?"),
    Gate(
        "quiet hours",
        "Is it outside the quiet hours, on the customer's clock?",
        policies=("quiet_hours",),
    ),
    Gate(
        "capacity",
        "Is a share left of the call queue, the offer's `total` and the budgets, for the hour, day "
        "or month in which it goes out?",
        policies=("capacity", "budget"),
    ),
    Gate(
        "free agents",
        "Has the call queue a free agent, as the call centre last said?",
        at=frozenset({AskedAt.DECISION}),
        reason="The call centre keeps the call until an agent is free.",
    ),
    Gate(
        "goal",
        "Was the goal not reached since the event that the message is about?",
    ),
    Gate(
        "suppressed subject",
        "Has `suppress`, or a dismissal, not stopped the category, goal, offer or strategy?",
        is_marketing=True,
    ),
    Gate(
        "suppression",
        "Does no condition of a suppression hold?",
        policies=("suppression",),
        is_marketing=True,
    ),
    Gate(
        "frequency cap",
        "Did they get fewer messages in the day, week or month?",
        at=frozenset({AskedAt.DECISION, AskedAt.RESUMPTION}),
        reason="The message itself counts since its decision.",
        policies=("frequency_cap",),
        is_marketing=True,
    ),
    Gate(
        "offer caps",
        "Did they get the offer less often than its `caps` allow?",
        at=frozenset({AskedAt.DECISION, AskedAt.RESUMPTION}),
        reason="The message itself counts since its decision.",
    ),
    Gate(
        "offer",
        "Is the offer live, its product in stock, the customer eligible, and its goal not reached "
        "before?",
        at=frozenset({AskedAt.DECISION, AskedAt.RESUMPTION}),
        reason="The last look reads neither catalogue nor stock; a queue takes seconds.",
    ),
    Gate(
        "holdout",
        "Is the customer in no control group?",
        at=frozenset({AskedAt.DECISION}),
        reason="The arm is drawn at the decision, and the lift is measured from then on.",
        policies=("holdout",),
        is_marketing=True,
    ),
    Gate(
        "profit",
        "Is the offer expected to bring more than it costs?",
        at=frozenset({AskedAt.DECISION}),
        reason="It is part of the ranking, which compares what could be sent at that time.",
        is_marketing=True,
    ),
)

NOT_GATES: Mapping[str, str] = {
    "channel_cost": "It ranks.",
    "context_weight": "It ranks.",
    "learning": "It ranks.",
    "aim": "It moves dialogues; the gate `dialogue` sees that.",
    "attribution": "It measures what was sent.",
}
"""The kinds of policy that stop nothing, each with what it does instead."""
