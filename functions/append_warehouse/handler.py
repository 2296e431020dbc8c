"""append_warehouse: records out to the warehouse bucket."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.customers import Customers
from hub.adapters.ledger import Ledger
from hub.adapters.warehouse import Warehouse
from hub.entry.queues import consume
from hub.settings import AppendWarehouseSettings, read
from hub.steps.act import Actor
from hub.steps.channels import WarehouseChannel


@cache
def settings() -> AppendWarehouseSettings:
    return read(AppendWarehouseSettings)


@cache
def actor() -> Actor:
    return Actor(
        channel=WarehouseChannel(Warehouse(settings().warehouse_bucket)),
        customers=Customers(settings().customers_table),
        ledger=Ledger(settings().ledger_table),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, actor(), settings=settings(), stage="append_warehouse")
