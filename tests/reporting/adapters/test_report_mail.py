"""The report's mail: one to all its readers, with the workbook as it is."""

from datetime import date
from email import message_from_bytes, policy

import pytest

from hub.kernel.errors import HubError
from hub.platform.adapters import aws_clients
from hub.reporting.adapters.report_mail import ReportMail
from hub.reporting.domain.report import Report
from hub.reporting.domain.report_tables import PeriodReport
from tests import moto_resources

PERIOD_REPORT = PeriodReport(Report(), date(2026, 11, 1), date(2026, 11, 22), "UTC")
READERS = ["boss@example.com", "chief@example.com"]


@pytest.mark.usefixtures("in_aws")
def test_all_readers_get_the_workbook_in_one_mail() -> None:
    aws_clients.sesv2().create_email_identity(EmailIdentity="hub@example.com")
    with moto_resources.asked(aws_clients.sesv2(), "SendEmail") as calls:
        ReportMail("hub@example.com").send(READERS, PERIOD_REPORT, b"PK workbook")
    [call] = calls
    assert call["Destination"] == {"ToAddresses": READERS}
    mail = message_from_bytes(call["Content"]["Raw"]["Data"], policy=policy.default)
    assert (mail["Subject"], mail["To"]) == ("Segue report of 2026-11-22", ", ".join(READERS))
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "segue-2026-11-22.xlsx"
    assert attached.get_content() == b"PK workbook"


@pytest.mark.usefixtures("in_aws")
def test_a_sender_that_ses_does_not_know_is_an_error() -> None:
    with pytest.raises(HubError):
        ReportMail("nobody@example.com").send(READERS, PERIOD_REPORT, b"PK workbook")
