"""What is scarce, what messages cost, and what counts more at the moment."""

from dataclasses import dataclass
from typing import Self

from hub.catalogue.domain.offer import MOST_WEIGHT
from hub.catalogue.domain.policy.scope import PolicyScope, read_policy_scope
from hub.catalogue.domain.row_reader import A_NAME, NAME_PATTERN, RowReader
from hub.expression.domain import Expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import Rejected
from hub.learning.domain.propensity import Learner
from hub.model.channels import CHANNELS

HOUR, DAY, MONTH, EVER, AT_ONCE = "hour", "day", "month", "ever", "at_once"


@dataclass(frozen=True, slots=True)
class QueueCapacity:
    """A call queue takes so many calls an hour or day, or so many at once."""

    name: str
    queue: str
    slots: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        queue = reader.read_text("queue", NAME_PATTERN, wanted=A_NAME)
        slots = reader.read_whole_number("slots")
        if slots < 1:
            reader.add_problem("slots wants a whole number from 1")
        return cls(
            f"queue:{queue}", queue, slots, reader.read_one_of("per", (HOUR, DAY, AT_ONCE), HOUR)
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """What messages may cost in all, in minor units, per day, month or ever."""

    name: str
    about: PolicyScope
    amount: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        amount = reader.read_whole_number("amount")
        if amount < 1:
            reader.add_problem("amount wants a whole number of minor units from 1")
        about = read_policy_scope(reader, "channel", "category", "offer", "strategy")
        name = f"budget:{reader.row.get('policy_id', '')}"
        return cls(name, about, amount, reader.read_one_of("per", (DAY, MONTH, EVER), MONTH))


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What a message on the channel costs, in minor units."""

    channel: str
    cost: float

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        return cls(reader.read_one_of("channel", tuple(CHANNELS)), reader.read_number("cost", 0))


@dataclass(frozen=True, slots=True)
class ContextWeight:
    """While `when` holds, what it is about counts so much more, or less."""

    about: PolicyScope
    tag: str
    when: Expression | None
    weight: float

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        if "weight" not in reader.row:
            reader.add_problem("weight is missing: 2 counts double, 0.5 half")
        about = read_policy_scope(reader, "channel", "category", "offer", "strategy")
        when = reader.read_expression("when", fields)
        return cls(
            about, reader.read_text("tag"), when, reader.read_number("weight", 1, most=MOST_WEIGHT)
        )


@dataclass(frozen=True, slots=True)
class LearningPolicy:
    """What propensities are learned from; see `hub.learning.domain`."""

    learner: Learner

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        words = {n: reader.row[n] for n in ("features", "half_life", "expected") if n in reader.row}
        try:
            return cls(Learner.from_dict(words))
        except (Rejected, AttributeError, TypeError) as wrong:
            reader.add_problem(_explain_learning_problem(wrong))
            return cls(Learner())


def _explain_learning_problem(wrong: Exception) -> str:
    if isinstance(wrong, Rejected):
        known = wrong.reason.startswith(("features", "half_life", "expected"))
        return wrong.reason if known else f"features, {wrong.reason}"
    return "features wants a list of maps such as {'name': 'customer.loyalty.tier'}"
