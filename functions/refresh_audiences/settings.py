"""The environment of `refresh_audiences`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefreshAudiencesSettings:
    address_refusals_table: str
    audiences_bucket: str
    catalogue_bucket: str
    catalogue_table: str
    customers_table: str
    time_zone: str
    dead_letters_url: str
    max_receives: int
