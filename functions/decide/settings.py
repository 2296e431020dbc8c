"""The environment of `decide`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecideSettings:
    address_refusals_table: str
    archive_bucket: str
    capacity_table: str
    customers_table: str
    surroundings_table: str
    identities_table: str
    merges_table: str
    parked_table: str
    decisions_table: str
    event_marks_table: str
    customer_queue_url: str
    catalogue_table: str
    catalogue_bucket: str
    learned_table: str
    time_zone: str
    dead_letters_url: str
    max_receives: int
