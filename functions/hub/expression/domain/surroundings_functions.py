"""Functions on what is going on around all customers, each as its own events last said."""

from collections.abc import Mapping
from typing import Any

from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import FLAG, NUMBER, Function
from hub.surroundings.domain.surroundings import Facts, Surroundings


def stock(surroundings: Surroundings, product: Any) -> Any:
    """How many of the product are available; missing if no source has said."""
    return _read_fact(surroundings.stock, product, "available")


def free_slots(surroundings: Surroundings, queue: Any) -> Any:
    """How many calls the queue can still take; missing if no source has said."""
    return _read_fact(surroundings.queues, queue, "free")


def promotion(surroundings: Surroundings, name: Any) -> bool:
    """Whether the promotion is on."""
    return _read_fact(surroundings.promotions, name, "active") is True


def _read_fact(facts: Facts, name: Any, what: str) -> Any:
    said = facts.get(name) if isinstance(name, str) else None
    return said.get(what) if said else None


_NAME = (FieldKind.TEXT,)
_ROOTS = ("surroundings",)
FUNCTIONS: Mapping[str, Function] = {
    "stock": Function(stock, NUMBER, _NAME, root_arguments=_ROOTS),
    "free_slots": Function(free_slots, NUMBER, _NAME, root_arguments=_ROOTS),
    "promotion": Function(promotion, FLAG, _NAME, root_arguments=_ROOTS),
}
