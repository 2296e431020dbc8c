"""Reading turns: what was sent, what it ranked by, what was held back, and how it is told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.model.decision import Action, Decision
from hub.simulation.domain.what_if.virtual_time import Turn

Dimension = tuple[str, str]
"""`("rule", "welcome")`: one of the ways by which messages are counted."""
DIMENSIONS = ("rule", "offer", "channel", "connector")
MISSING = "the event did not happen"
UNDECIDED = "it could not be decided"


def dimensions(action: Action) -> Iterator[Dimension]:
    named = {"rule": action.rule_id, "offer": action.offer, "channel": action.channel}
    named["connector"] = str(action.what.get("connector", ""))
    yield from ((dimension, value) for dimension, value in named.items() if value)


def sent(turns: Sequence[Turn]) -> Counter[tuple[str, Dimension]]:
    """Per event and dimension: a message that another rule sends instead is lost to the one and
    gained by the other, but neither to their channel."""
    return Counter(
        (turn.event.id, dimension)
        for turn in turns
        if turn.decision
        for action in turn.decision.actions
        for dimension in dimensions(action)
    )


def sent_at(turn: Turn | None) -> Counter[Dimension]:
    return by_dimension(sent([turn] if turn else []))


def by_dimension(sent: Counter[tuple[str, Dimension]]) -> Counter[Dimension]:
    counted: Counter[Dimension] = Counter()
    for (_, dimension), number in sent.items():
        counted[dimension] += number
    return counted


def choices(decision: Decision) -> list[Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = decision.receipt.get("choices", [])
    return [choice for choice in told if not choice.get("shadow")]


def gates(decision: Decision) -> Iterator[str]:
    yield from (choice["gate"] for choice in choices(decision) if choice.get("gate"))


def made(decision: Decision) -> Iterator[Mapping[str, Any]]:
    """The choices that became actions, with the figures they ranked by."""
    actions = {action.id for action in decision.actions}
    yield from (choice for choice in choices(decision) if choice.get("made") in actions)


def sentence(turn: Turn | None) -> str:
    """The receipt's own."""
    if turn is None:
        return MISSING
    return str(turn.decision.receipt.get("sentence", "")) if turn.decision else UNDECIDED
