"""Summarises turns: the messages sent, their ranking, the gates and the receipt's sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence

from hub.kernel.json_types import JsonObject
from hub.model.action_content import ConnectorCall
from hub.model.decision import Action, Decision
from hub.simulation.domain.what_if.virtual_time import Turn

Dimension = tuple[str, str]
"""`("rule", "welcome")`: messages are counted by rule, offer, channel and connector."""
MESSAGE_DIMENSIONS = ("rule", "offer", "channel", "connector")
MISSING_EVENT = "the event did not happen"
UNDECIDED = "it could not be decided"


def list_dimensions(action: Action) -> Iterator[Dimension]:
    """Yields the dimensions by which an action is counted."""
    values = {"rule": action.rule_id, "offer": action.offer, "channel": action.channel}
    if isinstance(action.what, ConnectorCall):
        values["connector"] = action.what.connector
    yield from ((dimension, value) for dimension, value in values.items() if value)


def count_sent(turns: Sequence[Turn]) -> Counter[tuple[str, Dimension]]:
    """Counts the actions by event and dimension.

    So if another rule sends a message, one rule loses it and the other gains it, but their channel
    neither."""
    return Counter(
        (turn.event.id, dimension)
        for turn in turns
        if turn.decision
        for action in turn.decision.actions
        for dimension in list_dimensions(action)
    )


def count_sent_in_turn(turn: Turn | None) -> Counter[Dimension]:
    """Counts the actions of one turn by dimension."""
    return sum_by_dimension(count_sent([turn] if turn else []))


def sum_by_dimension(counts: Counter[tuple[str, Dimension]]) -> Counter[Dimension]:
    """Adds up the counts of all events."""
    sums: Counter[Dimension] = Counter()
    for (_, dimension), number in counts.items():
        sums[dimension] += number
    return sums


def list_choices(decision: Decision) -> list[JsonObject]:
    """Lists the choices of a receipt, without those of shadow rules."""
    choices: list[JsonObject] = decision.receipt.get("choices", [])
    return [choice for choice in choices if not choice.get("shadow")]


def list_gates(decision: Decision) -> Iterator[str]:
    """Yields the gates that stopped choices."""
    yield from (choice["gate"] for choice in list_choices(decision) if choice.get("gate"))


def list_made_choices(decision: Decision) -> Iterator[JsonObject]:
    """Yields the choices that became actions, with the figures of their ranking."""
    actions = {action.id for action in decision.actions}
    yield from (choice for choice in list_choices(decision) if choice.get("made") in actions)


def explain_turn(turn: Turn | None) -> str:
    """Explains a turn, with the sentence of its receipt if there is one."""
    if turn is None:
        return MISSING_EVENT
    return str(turn.decision.receipt.get("sentence", "")) if turn.decision else UNDECIDED
