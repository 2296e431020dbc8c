"""send_push: mobile push out through SNS."""

from functools import cache
from typing import Any

from hub.catalogue.adapters.catalogue_store import Snapshots, templates_of
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import Ledger
from hub.delivery.adapters.sns_push import Push
from hub.delivery.steps.carry_out_actions import Actor
from hub.delivery.steps.message_channels import Content, PushChannel
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers
from send_push.settings import SendPushSettings


@cache
def settings() -> SendPushSettings:
    return read(SendPushSettings)


@cache
def actor() -> Actor:
    return Actor(
        channel=PushChannel(
            Content(templates_of(Snapshots(settings().catalogue_bucket)), LiquidRenderer()),
            Push(),
        ),
        customers=Customers(settings().customers_table),
        ledger=Ledger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, actor(), settings=settings(), stage="send_push")
