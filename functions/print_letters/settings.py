"""The environment of `print_letters`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintLettersSettings:
    bus_name: str
    catalogue_bucket: str
    customers_table: str
    ledger_table: str
    letters_table: str
    print_bucket: str
    return_address: str
    dead_letters_url: str
    max_receives: int
