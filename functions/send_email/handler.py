"""send_email: e-mail actions out through SES."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.catalogue_store import Snapshots, templates_of
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.ledger import Ledger
from hub.adapters.mail import Mail
from hub.adapters.secrets import Secrets
from hub.domain.preferences import Invitations, keys_of
from hub.entry.queues import consume
from hub.settings import SendEmailSettings, read
from hub.steps.act import Actor
from hub.steps.channels import Content, EmailChannel


@cache
def settings() -> SendEmailSettings:
    return read(SendEmailSettings)


@cache
def invitations() -> Invitations:
    links = Secrets(settings().link_keys)
    return Invitations(settings().public_url, lambda: keys_of(links()))


@cache
def actor() -> Actor:
    return Actor(
        channel=EmailChannel(
            Content(templates_of(Snapshots(settings().catalogue_bucket)), LiquidRenderer()),
            Mail(settings().sender),
            invitations(),
        ),
        customers=Customers(settings().customers_table),
        ledger=Ledger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, actor(), settings=settings(), stage="send_email")
