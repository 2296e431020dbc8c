"""Sends the report by e-mail, with its workbook, through SES."""

from collections.abc import Sequence
from email.message import EmailMessage

from hub.platform.adapters.aws_clients import sesv2, translate_errors
from hub.reporting.domain.report_tables import PeriodReport

EXCEL_SUBTYPE = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIL_TEXT = (
    "The report of {first} to {last} is attached.\n\n"
    "Messages {messages:,}, delivered {delivered:,}; events {events:,}.\n"
)


class ReportMail:
    """`hub.reporting.ports.ReportMail` on SES, from the address `sender`."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    @translate_errors()
    def send(self, to: Sequence[str], period_report: PeriodReport, workbook: bytes) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, ", ".join(to)
        mail["Subject"] = f"Segue report of {period_report.last}"
        totals = {
            name: period_report.report.totals[name] for name in ("messages", "delivered", "events")
        }
        mail.set_content(
            MAIL_TEXT.format(first=period_report.first, last=period_report.last, **totals)
        )
        name = f"segue-{period_report.last}.xlsx"
        mail.add_attachment(workbook, maintype="application", subtype=EXCEL_SUBTYPE, filename=name)
        sesv2().send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": list(to)},
            Content={"Raw": {"Data": mail.as_bytes()}},
        )
