"""dispatch_call: call tasks out to the call centre, over HTTP or as tasks of Amazon Connect."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.call_centre import CallCentre
from hub.adapters.catalogue_store import Snapshots, templates_of
from hub.adapters.connect_tasks import ConnectTasks
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.http import Http
from hub.adapters.ledger import Ledger
from hub.adapters.secrets import Secrets
from hub.entry.queues import consume
from hub.ports import CallCentre as CallCentrePort
from hub.settings import DispatchCallSettings, read
from hub.steps.act import Actor
from hub.steps.channels import CallChannel, Content


@cache
def settings() -> DispatchCallSettings:
    return read(DispatchCallSettings)


@cache
def call_centre() -> CallCentrePort:
    given = settings()
    if given.call_centre == "http":
        return CallCentre(Secrets(given.connector_secrets), Http(local=given.egress == "local"))
    return ConnectTasks(given.call_centre)


@cache
def actor() -> Actor:
    return Actor(
        channel=CallChannel(
            Content(templates_of(Snapshots(settings().catalogue_bucket)), LiquidRenderer()),
            call_centre(),
        ),
        customers=Customers(settings().customers_table),
        ledger=Ledger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, actor(), settings=settings(), stage="dispatch_call")
