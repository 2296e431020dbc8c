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

_ATTRIBUTES = ("features", "half_life", "expected")


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
        attributes = {name: reader.row[name] for name in _ATTRIBUTES if name in reader.row}
        try:
            return cls(Learner.from_dict(attributes))
        except (Rejected, AttributeError, TypeError) as error:
            reader.add_problem(_explain_learning_problem(error))
            return cls(Learner())


def find_learner(policies: Policies) -> Learner:
    """Returns the learner of the first policy, or the default one.

    The same policies always give the same object, because propensities are cached by it.
    """
    return policies.derive(LearningPolicy, _choose_learner)


def _choose_learner(policies: tuple[LearningPolicy, ...]) -> Learner:
    return policies[0].learner if policies else Learner()


def _explain_learning_problem(error: Exception) -> str:
    if isinstance(error, Rejected):
        names_attribute = error.reason.startswith(_ATTRIBUTES)
        return error.reason if names_attribute else f"features, {error.reason}"
    return "features must be a list of maps such as {'name': 'customer.loyalty.tier'}"
