"""How far the hub believes whoever stated something.

A source and each of its keys have a level. An event has the level of the key with which it came,
and a trait that of the event that set it.
"""

from enum import StrEnum

TRACKED = "track.*"
"""The event types that senders name themselves. They are behaviour, whoever sends them."""
PUBLIC_TYPES = frozenset(
    {
        *("app.screen_viewed", "cart.updated", "cart.viewed", "checkout.started"),
        *("coupon.applied", "coupon.denied", "coupon.removed", "customer.identified"),
        *("group.joined", "page.viewed", "product.clicked", "product.list_viewed"),
        *("product.viewed", "search.performed"),
    }
)
"""The event types that a public source may state, beside `track.*`: what a visitor does."""
PERSONAL_TYPES = PUBLIC_TYPES | {
    *("complaint.filed", "customer.signed_up", "customer.updated", "form.submitted"),
    *("lead.created", "message.received", "preferences.changed", "product.registered"),
    *("store.visited", "survey.answered"),
}
"""The event types that a vouched source may state: what people say and do themselves."""


class Trust(StrEnum):
    """- `public`: anybody may have the key, because it stands in a page or an app.
    - `vouched`: the channel is public, but the event carries a proof of who the person is.
    - `trusted`: the key is a secret of a server.
    """

    PUBLIC = "public"
    VOUCHED = "vouched"
    TRUSTED = "trusted"

    @property
    def proves_person(self) -> bool:
        """Whether it is proven who the person is. What is proven is never replaced by what is
        not."""
        return self is not Trust.PUBLIC


def is_public_type(event_type: str) -> bool:
    return event_type in PUBLIC_TYPES or event_type.startswith(TRACKED[:-1])
