"""The report by e-mail, with its workbook, through SES."""

from collections.abc import Sequence
from email.message import EmailMessage

from hub.platform.adapters.aws_clients import sesv2, translated
from hub.reporting.domain.report_tables import Told

EXCEL = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTE = (
    "The report of {first} to {last} is attached.\n\n"
    "Messages {messages:,}, delivered {delivered:,}; events {events:,}.\n"
)


class ReportMail:
    """`hub.reporting.ports.ReportMail` on SES, from the address `sender`."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    @translated()
    def send(self, to: Sequence[str], told: Told, workbook: bytes) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, ", ".join(to)
        mail["Subject"] = f"Segue report of {told.last}"
        totals = {name: told.report.totals[name] for name in ("messages", "delivered", "events")}
        mail.set_content(NOTE.format(first=told.first, last=told.last, **totals))
        name = f"segue-{told.last}.xlsx"
        mail.add_attachment(workbook, maintype="application", subtype=EXCEL, filename=name)
        sesv2().send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": list(to)},
            Content={"Raw": {"Data": mail.as_bytes()}},
        )
