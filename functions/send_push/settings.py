"""The environment of `send_push`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendPushSettings:
    address_refusals_table: str
    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    dead_letters_url: str
    max_receives: int
