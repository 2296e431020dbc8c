"""A hub with a customer whom trusted sources know, and a site whose public key anybody may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.intake.domain.trust_level import apply_trust_level
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.model.trust import Trust
from tests.catalogues import a_rule, a_template
from tests.factories import an_event
from tests.in_memory import InMemoryHub

ANN_MAIL, ANN_USER, ANN_PHONE = "ann@example.com", "u-ann", "+442079460101"
ANN_BROWSER, STRANGER = "b7a1c2d3e4f5-of-ann", "0f9e8d7c-stranger"
EVERY_EVENT = (
    *("customer.identified", "order.completed", "page.viewed", "customer.updated"),
    *("customer.signed_up", "preferences.changed", "customer.aliased", "track.order_completed"),
)


def a_catalogue() -> dict[str, Any]:
    """Every event sends marketing and a service message, to whoever may be written to."""
    rules = {
        rule["rule_id"]: rule
        for event in EVERY_EVENT
        for template in ("letter", "receipt")
        if (
            rule := a_rule(
                f"{template}-{event}",
                {"do": "send", "template": template, "channel": "email"},
                event=event,
            )
        )
    }
    text = "Dear {{ customer.person.last_name | default: 'customer' }}"
    mail = {"email": {"en": {"subject": "Hello", "text": text}}}
    templates = {
        "letter": {**a_template(), **mail},
        "receipt": {**a_template(purpose="service"), **mail},
    }
    return {"number": 1, "rows": {"rules": rules, "templates": templates}}


@dataclass
class Site(InMemoryHub):
    """`ann` is the customer whom a trusted source has told the hub of."""

    snapshot: dict[str, Any] = field(default_factory=a_catalogue)
    count: int = 0

    def meet_ann(self, **consent: bool) -> None:
        """A server says who Ann is, which browser is hers, and what she agreed to."""
        self.state(
            "customer.signed_up",
            {"user": ANN_USER, "email": ANN_MAIL, "phone": ANN_PHONE, "cookie": ANN_BROWSER},
            contact={"email": ANN_MAIL, "phone": ANN_PHONE},
            person={"first_name": "Ann"},
            loyalty={"tier": "gold"},
            **({"consent": {"email": consent}} if consent else {}),
        )

    def state(self, event_type: str, identities: Mapping[str, str], **traits: Any) -> Event:
        """A trusted source states something."""
        self.count += 1
        self.clock.passes(minutes=1)
        event = an_event(
            event_type,
            f"shop:{self.count}",
            occurred_at=self.clock(),
            customer_id="",
            identities=identities,
            traits=traits,
        )
        self._normalize({"source": "segue.outcome", "detail": event.to_dict()})
        self._work(1)
        return event

    def agree(
        self,
        identities: Mapping[str, str],
        traits: Mapping[str, Any],
        trust: Trust,
        proven: Mapping[str, str],
    ) -> None:
        """Somebody states consent, by a source of that level."""
        self.count += 1
        self.clock.passes(minutes=1)
        event = an_event(
            "customer.updated",
            f"form:{self.count}",
            occurred_at=self.clock(),
            customer_id="",
            identities=identities,
            traits=traits,
            trust=trust,
        )
        namespaces = self.normalize.resolver.namespaces
        settled = apply_trust_level(
            event, proven, namespaces.bearers, lambda keys: namespaces.normalize_keys(keys).values
        )
        self._normalize({"source": "segue.outcome", "detail": settled.to_dict()})
        self._work(1)

    def track(
        self,
        message: Mapping[str, Any],
        trust: Trust = Trust.PUBLIC,
        proven: Mapping[str, str] | None = None,
    ) -> None:
        """A message of the Segment API comes with a key of that level."""
        self.count += 1
        self.clock.passes(minutes=1)
        name = f"m-{self.count}"
        self.push(
            InboundPayload(
                id=name,
                source="segment",
                received_at=self.clock(),
                correlation_id=name,
                payload={"timestamp": to_iso(self.clock()), **message},
                trust=trust,
                proven=proven or {},
                key="write-key" if trust is not Trust.TRUSTED else "",
            )
        )

    def find(self, key: str) -> Customer | None:
        owner = self.identities.find_owners([key]).get(key)
        return self.customers.read(owner) if owner else None

    @property
    def ann(self) -> Customer:
        customer = self.find(f"user#{ANN_USER}")
        assert customer is not None
        return customer

    @property
    def written_to(self) -> list[str]:
        return [message[0] for message in self.mail.sent]
