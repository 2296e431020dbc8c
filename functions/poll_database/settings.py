"""The environment of `poll_database`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PollDatabaseSettings:
    bus_name: str
    claims_bucket: str
    database_secrets: str
    parked_table: str
    watermarks_table: str
    dead_letters_url: str
    max_receives: int
