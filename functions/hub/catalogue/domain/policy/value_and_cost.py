"""What is scarce, what messages cost, and what counts more at the moment."""

from dataclasses import dataclass
from typing import Self

from hub.catalogue.domain.offer import MOST_WEIGHT
from hub.catalogue.domain.policy.scope import About, read_about
from hub.catalogue.domain.row_reader import A_NAME, NAME, RowReader
from hub.expression.domain import Expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import Rejected
from hub.learning.domain.propensity import Learner
from hub.model.channels import CHANNELS

HOUR, DAY, MONTH, EVER, AT_ONCE = "hour", "day", "month", "ever", "at_once"


@dataclass(frozen=True, slots=True)
class Capacity:
    """A call queue takes so many calls an hour or day, or so many at once."""

    name: str
    queue: str
    slots: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        queue = reader.text("queue", NAME, wanted=A_NAME)
        slots = reader.whole("slots")
        if slots < 1:
            reader.say("slots wants a whole number from 1")
        return cls(f"queue:{queue}", queue, slots, reader.one_of("per", (HOUR, DAY, AT_ONCE), HOUR))


@dataclass(frozen=True, slots=True)
class Budget:
    """What messages may cost in all, in minor units, per day, month or ever."""

    name: str
    about: About
    amount: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        amount = reader.whole("amount")
        if amount < 1:
            reader.say("amount wants a whole number of minor units from 1")
        about = read_about(reader, "channel", "category", "offer", "strategy")
        name = f"budget:{reader.row.get('policy_id', '')}"
        return cls(name, about, amount, reader.one_of("per", (DAY, MONTH, EVER), MONTH))


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What a message on the channel costs, in minor units."""

    channel: str
    cost: float

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        return cls(reader.one_of("channel", tuple(CHANNELS)), reader.number("cost", 0))


@dataclass(frozen=True, slots=True)
class ContextWeight:
    """While `when` holds, what it is about counts so much more, or less."""

    about: About
    tag: str
    when: Expression | None
    weight: float

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        if "weight" not in reader.row:
            reader.say("weight is missing: 2 counts double, 0.5 half")
        about = read_about(reader, "channel", "category", "offer", "strategy")
        when = reader.expression("when", fields)
        return cls(about, reader.text("tag"), when, reader.number("weight", 1, most=MOST_WEIGHT))


@dataclass(frozen=True, slots=True)
class Learning:
    """What propensities are learned from; see `hub.learning.domain`."""

    learner: Learner

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        words = {n: reader.row[n] for n in ("features", "half_life", "expected") if n in reader.row}
        try:
            return cls(Learner.from_dict(words))
        except (Rejected, AttributeError, TypeError) as wrong:
            reader.say(_of_learning(wrong))
            return cls(Learner())


def _of_learning(wrong: Exception) -> str:
    if isinstance(wrong, Rejected):
        known = wrong.reason.startswith(("features", "half_life", "expected"))
        return wrong.reason if known else f"features, {wrong.reason}"
    return "features wants a list of maps such as {'name': 'customer.loyalty.tier'}"
