"""Ports: the report by e-mail."""

from collections.abc import Sequence
from typing import Protocol

from hub.reporting.domain.report_tables import Told


class ReportMail(Protocol):
    """The report in its readers' letter boxes."""

    def send(self, to: Sequence[str], told: Told, workbook: bytes) -> None:
        """One mail to all of them, with the workbook attached."""
