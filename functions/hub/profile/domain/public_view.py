"""What of a profile may be shown or told to whom, by the trust of whoever stated it.

A page without a proof of who its visitor is gets what the visitor's own browser stated and did, and
what silences. Messages and lists have nothing in them that only a public source says of somebody.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from hub.kernel.json_types import Json, JsonObject
from hub.model.customer import Customer
from hub.model.trust import Trust, is_public_type
from hub.profile.domain.traits import drop_fields, find_trust

STATED_BLOCKS = ("contact", "person", "place", "loyalty", "interests", "attitudes")
PERSONAL_BLOCKS = ("contact", "person", "place")
OFFERS = "offer."
"""The types of responses to offers on pages."""
_Value = TypeVar("_Value")


def select_public_view(customer: Customer) -> Customer:
    """Returns the customer as a page without a proof may use it.

    The traits are those of public sources, the history is behaviour, and consent and the contact
    history stay, because they only silence. Purchases, service, the mart and the identities are
    empty.
    """
    stated = _drop_traits(customer, STATED_BLOCKS, lambda trust: trust is not Trust.PUBLIC)
    return stated.with_changes(
        identities={},
        purchases={},
        service={},
        mart={},
        owing={},
        business_keys={},
        proofs={},
        engagement=_select(customer.engagement, "web"),
        recent=_select_behaviour(customer.recent),
        activity=_select_behaviour(customer.activity),
        amounts=_select_behaviour(customer.amounts),
    )


def omit_public_traits(customer: Customer) -> Customer:
    """Returns the customer without what only public sources say of who they are."""
    if not customer.levels:
        return customer
    return _drop_traits(customer, PERSONAL_BLOCKS, lambda trust: trust is Trust.PUBLIC)


def _drop_traits(
    customer: Customer, blocks: Iterable[str], is_dropped: Callable[[Trust], bool]
) -> Customer:
    for block in blocks:
        fields = getattr(customer, block)
        names = {name for name in fields if is_dropped(find_trust(customer, f"{block}.{name}"))}
        if names:
            customer = drop_fields(customer, block, names)
    return customer


def _select(values: JsonObject, name: str) -> dict[str, Json]:
    return {name: values[name]} if name in values else {}


def _select_behaviour(values: Mapping[str, _Value]) -> dict[str, _Value]:
    return {
        name: value
        for name, value in values.items()
        if is_public_type(name) or name.startswith(OFFERS)
    }
