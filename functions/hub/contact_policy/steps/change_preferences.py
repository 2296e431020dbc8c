"""Prefer: somebody says by the link in a message what they want to hear from us."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.contact_policy.domain.preference_centre import (
    Invitation,
    changed,
    chosen,
    offered,
    page,
    withdrawn,
)
from hub.kernel.errors import Unavailable, Unknown
from hub.messaging.ports import Bus
from hub.model.customer import Customer
from hub.model.event import Event
from hub.platform.ports import Clock
from hub.profile.domain.traits import said_by
from hub.profile.ports import Customers


@dataclass(frozen=True, slots=True)
class Preferences:
    """`keys` are those that links are sealed with, the newest first. Looking changes nothing, since
    mail programs follow links before people do."""

    customers: Customers
    bus: Bus
    keys: Callable[[], Sequence[str]]
    clock: Clock

    def show(self, token: str) -> str:
        """The page. Raises `Unknown` for any link that is none of ours."""
        return page(self._whose(Invitation.opened(token, self.keys())))

    def say(self, token: str, body: bytes) -> str:
        """The page after what was said by the form or, by a mail program's click, left for good.
        Raises `Unknown`, or `Rejected` for a body that says nothing."""
        invitation = Invitation.opened(token, self.keys())
        customer, now = self._whose(invitation), self.clock()
        wanted = chosen(body, offered(customer))
        event = withdrawn(invitation, now) if wanted is None else changed(invitation, wanted, now)
        self._tell(event)
        return page(said_by(customer, event, event.traits), saved=True)

    def _whose(self, invitation: Invitation) -> Customer:
        customer = self.customers.read(invitation.customer_id)
        if customer is None or customer.erased:
            raise Unknown("nobody is known by that link")
        return customer

    def _tell(self, event: Event) -> None:
        for reason in self.bus.publish("segue.outcome", [event.to_dict()]).values():
            raise Unavailable(f"the bus did not take what was said: {reason}")
