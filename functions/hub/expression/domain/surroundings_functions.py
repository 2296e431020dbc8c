"""Functions of the surroundings: stock, call queues and promotions."""

from collections.abc import Mapping

from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import FLAG, NUMBER, Function
from hub.surroundings.domain.surroundings import Facts, Surroundings


def stock(surroundings: Surroundings, product: object) -> object:
    """How many of the product are available; missing if no source has reported it."""
    return _read_fact(surroundings.stock, product, "available")


def free_slots(surroundings: Surroundings, queue: object) -> object:
    """How many calls the queue can still take; missing if no source has reported it."""
    return _read_fact(surroundings.queues, queue, "free")


def promotion(surroundings: Surroundings, name: object) -> bool:
    """Whether the promotion is on."""
    return _read_fact(surroundings.promotions, name, "active") is True


def _read_fact(facts: Facts, name: object, field: str) -> object:
    fields = facts.get(name) if isinstance(name, str) else None
    return fields.get(field) if fields else None


_NAME = (FieldKind.TEXT,)
_ROOTS = ("surroundings",)
FUNCTIONS: Mapping[str, Function] = {
    "stock": Function(stock, NUMBER, _NAME, root_arguments=_ROOTS),
    "free_slots": Function(free_slots, NUMBER, _NAME, root_arguments=_ROOTS),
    "promotion": Function(promotion, FLAG, _NAME, root_arguments=_ROOTS),
}
