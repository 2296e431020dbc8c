"""Reading turns: what was sent, what it ranked by, what was held back, and how it is told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.model.decision import Action, Decision
from hub.simulation.domain.what_if.virtual_time import Turn

Dimension = tuple[str, str]
"""`("rule", "welcome")`: one of the ways by which messages are counted."""
MESSAGE_DIMENSIONS = ("rule", "offer", "channel", "connector")
MISSING_EVENT = "the event did not happen"
UNDECIDED = "it could not be decided"


def list_dimensions(action: Action) -> Iterator[Dimension]:
    named = {"rule": action.rule_id, "offer": action.offer, "channel": action.channel}
    named["connector"] = str(action.what.get("connector", ""))
    yield from ((dimension, value) for dimension, value in named.items() if value)


def count_sent(turns: Sequence[Turn]) -> Counter[tuple[str, Dimension]]:
    """Per event and dimension: a message that another rule sends instead is lost to the one and
    gained by the other, but neither to their channel."""
    return Counter(
        (turn.event.id, dimension)
        for turn in turns
        if turn.decision
        for action in turn.decision.actions
        for dimension in list_dimensions(action)
    )


def count_sent_in_turn(turn: Turn | None) -> Counter[Dimension]:
    return sum_by_dimension(count_sent([turn] if turn else []))


def sum_by_dimension(counts: Counter[tuple[str, Dimension]]) -> Counter[Dimension]:
    counted: Counter[Dimension] = Counter()
    for (_, dimension), number in counts.items():
        counted[dimension] += number
    return counted


def list_choices(decision: Decision) -> list[Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = decision.receipt.get("choices", [])
    return [choice for choice in told if not choice.get("shadow")]


def list_gates(decision: Decision) -> Iterator[str]:
    yield from (choice["gate"] for choice in list_choices(decision) if choice.get("gate"))


def list_made_choices(decision: Decision) -> Iterator[Mapping[str, Any]]:
    """The choices that became actions, with the figures they ranked by."""
    actions = {action.id for action in decision.actions}
    yield from (choice for choice in list_choices(decision) if choice.get("made") in actions)


def explain_turn(turn: Turn | None) -> str:
    """The receipt's own."""
    if turn is None:
        return MISSING_EVENT
    return str(turn.decision.receipt.get("sentence", "")) if turn.decision else UNDECIDED
