"""The ids of a request for offers and of what it gets. The same request has the same ids."""

from hub.kernel.digest import digest
from hub.measurement.domain.response_tracking import ANONYMOUS

SOURCE = "answer"
"""The source of the events of requests and responses."""


def derive_event_id(request_id: str) -> str:
    return f"{SOURCE}:{request_id}"


def derive_decision_id(customer_id: str, event_id: str) -> str:
    """`customer_id` is empty for somebody unknown."""
    return f"d-{digest(f'answer {customer_id or ANONYMOUS} {event_id}', 12)}"


def derive_reference_id(decision_id: str, offer: str) -> str:
    return f"a-{digest(f'{decision_id} {offer}', 12)}"
