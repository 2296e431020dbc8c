"""The environment of `guard_catalogue`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuardCatalogueSettings:
    archive_bucket: str
    stories_table: str
    audiences_table: str
    rules_table: str
    offers_table: str
    policies_table: str
    templates_table: str
    catalogue_table: str
    catalogue_bucket: str
