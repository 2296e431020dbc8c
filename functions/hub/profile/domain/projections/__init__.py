"""Projections: what each type of event changes in the blocks of a customer, besides its traits.

A projection counts, sums or keeps the latest, so that events in any order leave the same customer.
"""

from collections.abc import Callable, Mapping

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.projections.attitudes import add_survey_answers
from hub.profile.domain.projections.engagement import (
    count_arrival,
    count_response,
    count_sent_message,
    record_failed_address,
)
from hub.profile.domain.projections.purchases import add_purchase, add_return
from hub.profile.domain.projections.recent_interests import (
    set_last_product,
    set_last_search,
    set_last_store,
)
from hub.profile.domain.projections.service import count_call, count_complaint

Projection = Callable[[Customer, Event], Customer]


def apply_projections(customer: Customer, event: Event) -> Customer:
    """Returns the customer after the projections of the event's type."""
    for change in _PROJECTIONS.get(event.type, ()):
        customer = change(customer, event)
    return customer


_PROJECTIONS: Mapping[str, tuple[Projection, ...]] = {
    "action.delivered": (count_sent_message,),
    "call.completed": (count_call, count_response),
    "complaint.filed": (count_complaint,),
    "email.clicked": (count_arrival,),
    "email.complained": (count_arrival,),
    "email.delivered": (count_arrival,),
    "email.failed": (record_failed_address,),
    "email.opened": (count_arrival,),
    "email.unsubscribed": (count_arrival,),
    "item.purchased": (add_purchase,),
    "item.returned": (add_return,),
    "message.delivered": (count_response,),
    "message.read": (count_response,),
    "message.received": (count_response,),
    "offer.accepted": (count_response,),
    "offer.clicked": (count_response,),
    "offer.dismissed": (count_response,),
    "offer.viewed": (count_response,),
    "order.completed": (add_purchase,),
    "order.refunded": (add_return,),
    "product.clicked": (set_last_product,),
    "product.viewed": (set_last_product,),
    "search.performed": (set_last_search,),
    "store.visited": (set_last_store,),
    "survey.answered": (add_survey_answers,),
}
