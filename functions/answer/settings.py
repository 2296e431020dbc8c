"""The environment of `answer`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    address_refusals_table: str
    archive_bucket: str
    asker_keys: str
    bus_name: str
    capacity_table: str
    catalogue_bucket: str
    catalogue_table: str
    customers_table: str
    decisions_table: str
    identities_table: str
    learned_table: str
    link_keys: str
    surroundings_table: str
    time_zone: str
