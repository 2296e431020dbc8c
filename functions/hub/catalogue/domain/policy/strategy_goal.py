"""Where a strategy is to lead: the state we want its customers in, and what brings them there."""

from dataclasses import dataclass
from typing import Self

from hub.catalogue.domain.offer import Goal
from hub.catalogue.domain.row_reader import (
    A_NAME,
    AN_EVENT_TYPE,
    EVENT_TYPE_PATTERN,
    NAME_PATTERN,
    RowReader,
)
from hub.expression.domain.field_types import FieldTypes


@dataclass(frozen=True, slots=True)
class StrategyGoal:
    """Whoever is in the dialogue leaves it for its `target` state when the goal is reached, in
    whatever state they are: no rule need say so, and nothing that waits in it is said any more."""

    strategy: str
    target: str
    goal: Goal

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        event = reader.read_text("goal", EVENT_TYPE_PATTERN, wanted=AN_EVENT_TYPE)
        return cls(
            reader.read_text("strategy", NAME_PATTERN, wanted=A_NAME),
            reader.read_text("target", NAME_PATTERN, wanted=A_NAME),
            Goal(event, reader.read_expression("goal_when", fields.for_event(event))),
        )
