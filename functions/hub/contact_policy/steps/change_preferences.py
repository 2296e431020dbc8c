"""The preference page: a customer follows the link in a message and chooses what to receive."""

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
from hub.contact_policy.domain.sealed_links import open_link
from hub.kernel.errors import NotFound
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.customer import Customer
from hub.platform.ports import Clock
from hub.profile.domain.traits import apply_event_traits
from hub.profile.ports import Customers


@dataclass(frozen=True, slots=True)
class ChangePreferences:
    """`keys` seal the links, the newest first. Opening the page changes nothing, because mail
    programs follow links before people do."""

    customers: Customers
    bus: Bus
    keys: Callable[[], Sequence[str]]
    clock: Clock

    def show_page(self, token: str) -> str:
        """Returns the page. Raises `NotFound` for a link that is not the hub's."""
        return render_page(self._find_customer(open_link(token, self.keys())))

    def apply_choices(self, token: str, body: bytes, content_type: str = "") -> str:
        """Publishes the choices of the form, or the unsubscription by a mail program's click.

        Returns the page after that. Raises `NotFound` for a link that is not the hub's, and
        `Rejected` for any other body.
        """
        link = open_link(token, self.keys())
        customer, now = self._find_customer(link), self.clock()
        choices = parse_choices(body, read_choices(customer), content_type)
        event = (
            build_unsubscribe_event(link, now)
            if choices is None
            else build_change_event(link, choices, now)
        )
        self.bus.publish_one(bus_records.OUTCOME, event.to_dict())
        return render_page(apply_event_traits(customer, event, event.traits), saved=True)

    def _find_customer(self, link: PreferenceLink) -> Customer:
        customer = self.customers.read(link.customer_id)
        if customer is None or customer.erased:
            raise NotFound("the link belongs to no customer")
        return customer
