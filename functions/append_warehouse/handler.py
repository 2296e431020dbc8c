"""append_warehouse: stores records in the warehouse bucket."""

from functools import cache
from typing import Any

from append_warehouse.settings import AppendWarehouseSettings
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.warehouse_bucket import Warehouse
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.message_channels import WarehouseChannel
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers


@cache
def settings() -> AppendWarehouseSettings:
    """The function's environment."""
    return read_settings(AppendWarehouseSettings)


@cache
def carry_out_actions() -> CarryOutActions:
    """The step with its adapters."""
    return CarryOutActions(
        channel=WarehouseChannel(Warehouse(settings().warehouse_bucket)),
        customers=Customers(settings().customers_table),
        ledger=ActionLedger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, carry_out_actions(), settings=settings(), stage="append_warehouse")
