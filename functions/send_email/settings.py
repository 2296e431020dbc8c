"""The environment of `send_email`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendEmailSettings:
    address_refusals_table: str
    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    link_keys: str
    public_url: str
    sender: str
    dead_letters_url: str
    max_receives: int
