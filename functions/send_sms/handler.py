"""send_sms: sends text messages through SNS."""

from functools import cache
from typing import Any

from hub.catalogue.adapters.catalogue_store import SnapshotReader, build_template_loader
from hub.contact_policy.wiring import read_with_refusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.sns_sms import TextMessages
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.message_channels import MessageContent, SmsChannel
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from send_sms.settings import SendSmsSettings


@cache
def settings() -> SendSmsSettings:
    """The function's environment."""
    return read_settings(SendSmsSettings)


@cache
def carry_out_actions() -> CarryOutActions:
    """The step with its adapters."""
    return CarryOutActions(
        channel=SmsChannel(
            MessageContent(
                build_template_loader(SnapshotReader(settings().catalogue_bucket)), LiquidRenderer()
            ),
            TextMessages(),
        ),
        customers=read_with_refusals(settings(), "sms"),
        ledger=ActionLedger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, carry_out_actions(), settings=settings(), stage="send_sms")
