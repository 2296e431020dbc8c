"""send_email: sends e-mail through SES."""

from functools import cache
from typing import Any

from hub.catalogue.adapters.catalogue_store import SnapshotReader, build_template_loader
from hub.contact_policy.domain.sealed_links import SealedLinks, parse_link_keys
from hub.contact_policy.wiring import read_with_refusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.ses_mail import Mail
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.message_channels import EmailChannel, MessageContent
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.secrets import Secrets
from send_email.settings import SendEmailSettings


@cache
def settings() -> SendEmailSettings:
    """The function's environment."""
    return read_settings(SendEmailSettings)


@cache
def preference_links() -> SealedLinks:
    links = Secrets(settings().link_keys)
    return SealedLinks(settings().public_url, lambda: parse_link_keys(links()))


@cache
def carry_out_actions() -> CarryOutActions:
    """The step with its adapters."""
    return CarryOutActions(
        channel=EmailChannel(
            MessageContent(
                build_template_loader(SnapshotReader(settings().catalogue_bucket)), LiquidRenderer()
            ),
            Mail(settings().sender),
            preference_links(),
        ),
        customers=read_with_refusals(settings(), "email"),
        ledger=ActionLedger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, carry_out_actions(), settings=settings(), stage="send_email")
