"""`aim`: the state that a strategy leads its customers to, and what brings them there."""

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
    """Whoever is in the dialogue leaves it for its `target` state when the goal is reached, in
    whatever state they are: no rule need say so, and nothing that waits in it is said any more."""

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
        event = reader.read_text("goal", EVENT_TYPE_PATTERN, wanted=AN_EVENT_TYPE)
        return cls(
            reader.read_text("strategy", NAME_PATTERN, wanted=A_NAME),
            reader.read_text("target", NAME_PATTERN, wanted=A_NAME),
            Goal(event, reader.read_expression("goal_when", fields.for_event(event))),
        )


def group_by_goal_event(aims: tuple[StrategyGoal, ...]) -> Mapping[str, tuple[StrategyGoal, ...]]:
    """By the event that reaches their goal."""
    found: dict[str, tuple[StrategyGoal, ...]] = {}
    for aim in aims:
        found[aim.goal.event] = (*found.get(aim.goal.event, ()), aim)
    return found
