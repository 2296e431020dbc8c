"""send_sms: text messages out through SNS."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.catalogue_store import Snapshots, templates_of
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.ledger import Ledger
from hub.adapters.text_message import TextMessages
from hub.entry.queues import consume
from hub.settings import SendSmsSettings, read
from hub.steps.act import Actor
from hub.steps.channels import Content, SmsChannel


@cache
def settings() -> SendSmsSettings:
    return read(SendSmsSettings)


@cache
def actor() -> Actor:
    return Actor(
        channel=SmsChannel(
            Content(templates_of(Snapshots(settings().catalogue_bucket)), LiquidRenderer()),
            TextMessages(),
        ),
        customers=Customers(settings().customers_table),
        ledger=Ledger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, actor(), settings=settings(), stage="send_sms")
