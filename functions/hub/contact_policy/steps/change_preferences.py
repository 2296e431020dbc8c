"""Prefer: somebody says by the link in a message what they want to hear from us."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.contact_policy.domain.preference_centre import (
    PreferenceLink,
    build_change_event,
    build_unsubscribe_event,
    parse_choices,
    read_choices,
    render_page,
)
from hub.kernel.errors import NotFound
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.customer import Customer
from hub.platform.ports import Clock
from hub.profile.domain.traits import apply_event_traits
from hub.profile.ports import Customers


@dataclass(frozen=True, slots=True)
class ChangePreferences:
    """`keys` are those that links are sealed with, the newest first. Looking changes nothing, since
    mail programs follow links before people do."""

    customers: Customers
    bus: Bus
    keys: Callable[[], Sequence[str]]
    clock: Clock

    def show_page(self, token: str) -> str:
        """The page. Raises `Unknown` for any link that is none of ours."""
        return render_page(self._find_customer(PreferenceLink.from_token(token, self.keys())))

    def apply_choices(self, token: str, body: bytes) -> str:
        """The page after what was said by the form or, by a mail program's click, left for good.
        Raises `Unknown`, or `Rejected` for a body that says nothing."""
        invitation = PreferenceLink.from_token(token, self.keys())
        customer, now = self._find_customer(invitation), self.clock()
        wanted = parse_choices(body, read_choices(customer))
        event = (
            build_unsubscribe_event(invitation, now)
            if wanted is None
            else build_change_event(invitation, wanted, now)
        )
        self.bus.publish_one(bus_records.OUTCOME, event.to_dict())
        return render_page(apply_event_traits(customer, event, event.traits), saved=True)

    def _find_customer(self, invitation: PreferenceLink) -> Customer:
        customer = self.customers.read(invitation.customer_id)
        if customer is None or customer.erased:
            raise NotFound("nobody is known by that link")
        return customer
