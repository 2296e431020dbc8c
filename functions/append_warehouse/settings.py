"""The environment of `append_warehouse`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppendWarehouseSettings:
    customers_table: str
    ledger_table: str
    warehouse_bucket: str
    bus_name: str
    dead_letters_url: str
    max_receives: int
