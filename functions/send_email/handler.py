"""send_email: e-mail actions out through SES."""

from functools import cache
from typing import Any

from hub.catalogue.adapters.catalogue_store import Snapshots, templates_of
from hub.contact_policy.domain.preference_centre import Invitations, keys_of
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import Ledger
from hub.delivery.adapters.ses_mail import Mail
from hub.delivery.steps.carry_out_actions import Actor
from hub.delivery.steps.message_channels import Content, EmailChannel
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.secrets import Secrets
from hub.profile.adapters.customer_table import Customers
from send_email.settings import SendEmailSettings


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
