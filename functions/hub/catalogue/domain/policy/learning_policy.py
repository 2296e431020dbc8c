"""`learning`: what propensities are learned from."""

from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.policy.policies import Policies
from hub.catalogue.domain.policy.schema import DURATION
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
from hub.learning.domain.propensity import Learner


@dataclass(frozen=True, slots=True)
class LearningPolicy:
    """What propensities are learned from; see `hub.learning.domain`."""

    KIND: ClassVar[str] = "learning"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            "features": {"type": "array"},
            "half_life": DURATION,
            "expected": {"type": "number"},
        },
    }
    learner: Learner

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        words = {n: reader.row[n] for n in ("features", "half_life", "expected") if n in reader.row}
        try:
            return cls(Learner.from_dict(words))
        except (Rejected, AttributeError, TypeError) as wrong:
            reader.add_problem(_explain_learning_problem(wrong))
            return cls(Learner())


def find_learner(policies: Policies) -> Learner:
    """The first policy's; always the same object of the same policies, since beliefs are kept for
    as long as it is."""
    return policies.derive(LearningPolicy, _choose_learner)


def _choose_learner(learning: tuple[LearningPolicy, ...]) -> Learner:
    return learning[0].learner if learning else Learner()


def _explain_learning_problem(wrong: Exception) -> str:
    if isinstance(wrong, Rejected):
        known = wrong.reason.startswith(("features", "half_life", "expected"))
        return wrong.reason if known else f"features, {wrong.reason}"
    return "features must be a list of maps such as {'name': 'customer.loyalty.tier'}"
