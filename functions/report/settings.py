"""The environment of `report`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportSettings:
    archive_bucket: str
    catalogue_bucket: str
    catalogue_table: str
    reports_bucket: str
    report_to: str
    sender: str
    time_zone: str
    dead_letters_url: str
    max_receives: int
