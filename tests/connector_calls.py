"""A connector with its surroundings, to be called by tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

from hub.catalogue.domain.template import template_from_row
from hub.contact_policy.domain.sealed_links import SealedLinks
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.connector_files import load_connectors
from hub.delivery.domain.connector.definition import Connector, Connectors, IdempotencyMode
from hub.delivery.ports import OAuthTokens, OutboundHttp
from hub.delivery.steps.carry_out_actions import ATTEMPT_TIMEOUT, CarryOutActions
from hub.delivery.steps.connector_channel import ConnectorChannel
from hub.delivery.steps.connector_exchange import ConnectorExchange
from hub.delivery.steps.message_channels import MessageContent
from hub.delivery.steps.provider_throttle import ProviderThrottle
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.model.channels import CHANNELS
from hub.model.decision import Action
from tests import fakes
from tests.factories import a_customer
from tests.records import an_action, an_episode

HELLO = "Hello {{ customer.person.first_name }}"
PARTS: Mapping[str, Mapping[str, str]] = {
    "call": {"script": HELLO},
    "email": {"subject": "Hi", "text": HELLO, "html": f"<p>{HELLO}</p>"},
}
ADDRESSES = {"email": "ann@example.com", "messenger": "777", "x": "888", "fax": "+442071838751"}
PHONE = "+442071838750"
INVITATIONS = SealedLinks("https://hub.example", lambda: ["key"])
BOTH = {"marketing": True, "service": True}


@cache
def shipped() -> Connectors:
    return load_connectors()


def content(channel: str) -> MessageContent:
    """That of a template `hello` with a body for the channel."""
    body = {"en": PARTS.get(channel, {"text": HELLO})}
    row = {"template_id": "hello", "purpose": "service", channel: body}
    return MessageContent(lambda _: {"hello": template_from_row(row)}, LiquidRenderer())


def message_by(channel: str, **what: Any) -> Action:
    words = {"template": "hello", "purpose": "service", **what}
    return an_action(channel=channel, address=ADDRESSES.get(channel, PHONE), what=words)


def call_to(connector: str, operation: str = "", **fields: Any) -> Action:
    """What `update` and `notify` make."""
    words = {"connector": connector, "fields": fields} | (
        {"operation": operation} if operation else {}
    )
    return an_action(channel="connector", what=words)


@dataclass
class Scene:
    """One customer, one connector; `http` is the way to it."""

    connector: Connector
    http: OutboundHttp
    secret: Mapping[str, Any]
    tokens: OAuthTokens = field(default_factory=fakes.OAuthTokens)
    throttles: fakes.ThrottleStates = field(default_factory=fakes.ThrottleStates)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    ledger: fakes.ActionLedger = field(default_factory=fakes.ActionLedger)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    clock: fakes.FixedClock = field(default_factory=fakes.FixedClock)

    def __post_init__(self) -> None:
        addresses = [each.address for each in CHANNELS.values() if each.address]
        by_any_channel = {each.field: PHONE for each in addresses if each.block == "contact"}
        contact = {**by_any_channel, **a_customer().contact, **ADDRESSES, "phone": PHONE}
        channel = self.connector.channel or self.connector.reaches or "email"
        known = replace(a_customer(contact=contact), consent={channel: BOTH})
        self.customers.write(known, an_episode())

    @property
    def actor(self) -> CarryOutActions:
        name, limits = self.connector.name, self.connector.limits
        throttling = ProviderThrottle(name, limits, self.throttles, self.clock)
        exchange = ConnectorExchange(self.connector, self.http, throttling, self.tokens, self.clock)
        channel = ConnectorChannel(
            exchange, content(self.connector.channel or "email"), lambda _: self.secret, INVITATIONS
        )
        look_up = channel.look_up if self.connector.mode is IdempotencyMode.LOOKUP else None
        return CarryOutActions(channel, self.customers, self.ledger, self.bus, self.clock, look_up)

    @property
    def ended(self) -> str:
        """How the ledger has action `a-1`."""
        return self.ledger.lines["a-1"].status.value

    def deliver(self, action: Action) -> HubError | None:
        """Once."""
        return self.actor([QueueMessage(id="m", body=action.to_dict())]).get("m")

    def insist(self, action: Action, most: int = 20) -> list[HubError]:
        """Again and again, as a queue would, until it has an end; returns the failures."""
        failures: list[HubError] = []
        while (failure := self.deliver(action)) and len(failures) < most:
            failures.append(failure)
            wait = getattr(failure, "after", None) or timedelta(seconds=1)
            self.clock.at += wait + timedelta(seconds=1)
        return failures

    def cut_off(self, action: Action) -> None:
        """An attempt whose process died, and long enough ago to be sure."""
        self.ledger.attempt(action, self.clock())
        self.clock.at += ATTEMPT_TIMEOUT + timedelta(seconds=1)
