"""What each type of event changes in the blocks of a customer, beside the traits it names.

A fold counts, sums or keeps the latest, so that events in any order leave the same customer.
"""

from collections.abc import Callable, Mapping

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.projections.attitudes import answered
from hub.profile.domain.projections.engagement import arrived, contacted, failed, responded
from hub.profile.domain.projections.purchases import bought, returned
from hub.profile.domain.projections.recent_interests import looked_at, searched, visited
from hub.profile.domain.projections.service import called, complained

Fold = Callable[[Customer, Event], Customer]


def fold(customer: Customer, event: Event) -> Customer:
    """The customer with what `event` did to their blocks."""
    for change in _FOLDS.get(event.type, ()):
        customer = change(customer, event)
    return customer


_FOLDS: Mapping[str, tuple[Fold, ...]] = {
    "action.delivered": (contacted,),
    "call.completed": (called, responded),
    "complaint.filed": (complained,),
    "email.clicked": (arrived,),
    "email.complained": (arrived,),
    "email.delivered": (arrived,),
    "email.failed": (failed,),
    "email.opened": (arrived,),
    "email.unsubscribed": (arrived,),
    "item.purchased": (bought,),
    "item.returned": (returned,),
    "message.delivered": (responded,),
    "message.read": (responded,),
    "message.received": (responded,),
    "offer.accepted": (responded,),
    "offer.clicked": (responded,),
    "offer.dismissed": (responded,),
    "offer.viewed": (responded,),
    "order.completed": (bought,),
    "order.refunded": (returned,),
    "product.clicked": (looked_at,),
    "product.viewed": (looked_at,),
    "search.performed": (searched,),
    "store.visited": (visited,),
    "survey.answered": (answered,),
}
