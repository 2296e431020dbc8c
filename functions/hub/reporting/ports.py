"""Ports: the report by e-mail."""

from collections.abc import Sequence
from typing import Protocol

from hub.reporting.domain.report_tables import PeriodReport


class ReportMail(Protocol):
    """Sends the report to its readers."""

    def send(self, to: Sequence[str], period_report: PeriodReport, workbook: bytes) -> None:
        """Sends one e-mail to all readers, with the workbook attached."""
