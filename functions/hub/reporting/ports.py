"""Ports: the report by e-mail."""

from collections.abc import Sequence
from typing import Protocol

from hub.reporting.domain.report_tables import PeriodReport


class ReportMail(Protocol):
    """The report in its readers' letter boxes."""

    def send(self, to: Sequence[str], period_report: PeriodReport, workbook: bytes) -> None:
        """One mail to all of them, with the workbook attached."""
