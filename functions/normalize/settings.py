"""The environment of `normalize`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NormalizeSettings:
    address_refusals_table: str
    bus_name: str
    claims_bucket: str
    identities_table: str
    key_counts_table: str
    ledger_table: str
    merges_table: str
    parked_table: str
    surroundings_table: str
    customer_queue_url: str
    dead_letters_url: str
    max_receives: int
