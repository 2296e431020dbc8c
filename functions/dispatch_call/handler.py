"""dispatch_call: sends calls to the call centre, over HTTP or as tasks of Amazon Connect."""

from functools import cache
from typing import Any

from dispatch_call.settings import DispatchCallSettings
from hub.catalogue.adapters.catalogue_store import SnapshotReader, build_template_loader
from hub.contact_policy.wiring import read_with_refusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.amazon_connect_tasks import ConnectTasks
from hub.delivery.adapters.call_centre_http import CallCentre
from hub.delivery.adapters.outbound_http import OutboundHttp
from hub.delivery.ports import CallCentre as CallCentrePort
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.message_channels import CallChannel, MessageContent
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.secrets import Secrets


@cache
def settings() -> DispatchCallSettings:
    """The function's environment."""
    return read_settings(DispatchCallSettings)


@cache
def call_centre() -> CallCentrePort:
    environment = settings()
    if environment.call_centre == "http":
        return CallCentre(
            Secrets(environment.connector_secrets),
            OutboundHttp(local=environment.egress == "local"),
        )
    return ConnectTasks(environment.call_centre)


@cache
def carry_out_actions() -> CarryOutActions:
    """The step with its adapters."""
    return CarryOutActions(
        channel=CallChannel(
            MessageContent(
                build_template_loader(SnapshotReader(settings().catalogue_bucket)), LiquidRenderer()
            ),
            call_centre(),
        ),
        customers=read_with_refusals(settings(), "call"),
        ledger=ActionLedger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, carry_out_actions(), settings=settings(), stage="dispatch_call")
