"""Where a strategy is to lead: the state we want its customers in, and what brings them there."""

from dataclasses import dataclass
from typing import Self

from hub.catalogue.domain.offer import Goal
from hub.catalogue.domain.row_reader import A_NAME, AN_EVENT_TYPE, EVENT_TYPE, NAME, RowReader
from hub.expression.domain.field_types import FieldTypes


@dataclass(frozen=True, slots=True)
class Aim:
    """Whoever is in the dialogue leaves it for its `target` state when the goal is reached, in
    whatever state they are: no rule need say so, and nothing that waits in it is said any more."""

    strategy: str
    target: str
    goal: Goal

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        event = reader.text("goal", EVENT_TYPE, wanted=AN_EVENT_TYPE)
        return cls(
            reader.text("strategy", NAME, wanted=A_NAME),
            reader.text("target", NAME, wanted=A_NAME),
            Goal(event, reader.expression("goal_when", fields.for_event(event))),
        )
