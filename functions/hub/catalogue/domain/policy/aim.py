"""`aim`: the goal of a strategy, and the state to which a dialogue moves when it is reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.offer import Goal
from hub.catalogue.domain.policy.schema import CONDITION, EVENT_TYPE, NAME
from hub.catalogue.domain.row_reader import (
    A_NAME,
    AN_EVENT_TYPE,
    EVENT_TYPE_PATTERN,
    NAME_PATTERN,
    RowReader,
)
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class StrategyGoal:
    """When a customer reaches the goal, their dialogue moves from any state to `target`.

    No rule has to do so. Messages of the dialogue that wait are not sent.
    """

    KIND: ClassVar[str] = "aim"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            "strategy": NAME,
            "target": NAME,
            "goal": EVENT_TYPE,
            "goal_when": CONDITION,
        },
        "required": ["strategy", "target", "goal"],
    }
    strategy: str
    target: str
    goal: Goal

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes, /) -> Self:
        event = reader.read_text("goal", EVENT_TYPE_PATTERN, expected=AN_EVENT_TYPE)
        return cls(
            reader.read_text("strategy", NAME_PATTERN, expected=A_NAME),
            reader.read_text("target", NAME_PATTERN, expected=A_NAME),
            Goal(event, reader.read_expression("goal_when", fields.for_event(event))),
        )


def group_by_goal_event(aims: tuple[StrategyGoal, ...]) -> Mapping[str, tuple[StrategyGoal, ...]]:
    """Groups by the type of the event that reaches the goal."""
    groups: dict[str, tuple[StrategyGoal, ...]] = {}
    for aim in aims:
        groups[aim.goal.event] = (*groups.get(aim.goal.event, ()), aim)
    return groups
