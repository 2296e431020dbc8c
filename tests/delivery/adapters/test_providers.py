"""Mail, call centre, secrets."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from hub.contact_policy.domain.preference_centre import one_click_headers
from hub.delivery.adapters.call_centre_http import CallCentre
from hub.delivery.adapters.outbound_http import OutboundHttp
from hub.delivery.adapters.ses_mail import Mail
from hub.delivery.ports import Mail as MailPort
from hub.kernel.errors import Rejected, Unavailable, Uncertain
from hub.platform.adapters import aws_clients
from hub.platform.adapters.secrets import Secrets
from tests import fakes, moto_resources

HERE = OutboundHttp(local=True)
LETTER = {"subject": "Grüezi", "text": "Hello Ann", "html": "<p>Hello Ann</p>"}


class TestMail:
    @pytest.fixture
    def mail(self, real: bool) -> MailPort:
        if real:
            aws_clients.sesv2().create_email_identity(EmailIdentity="hub@example.com")
            return Mail("hub@example.com")
        return fakes.Mail()

    def test_every_letter_has_an_id(self, mail: MailPort) -> None:
        first = mail.send("ann@example.com", LETTER, "a-1")
        assert first
        assert mail.send("bob@example.com", LETTER, "a-2") != first


@pytest.mark.usefixtures("in_aws")
class TestMailThroughSes:
    def test_the_letter_is_what_ses_is_asked_to_send(self) -> None:
        aws_clients.sesv2().create_email_identity(EmailIdentity="hub@example.com")
        with moto_resources.asked(aws_clients.sesv2(), "SendEmail") as asked:
            Mail("hub@example.com").send("ann@example.com", LETTER, "e 1/welcome/0")
        [params] = asked
        assert params["FromEmailAddress"] == "hub@example.com"
        assert params["Destination"] == {"ToAddresses": ["ann@example.com"]}
        simple = params["Content"]["Simple"]
        assert simple["Subject"]["Data"] == "Grüezi"
        assert {part: body["Data"] for part, body in simple["Body"].items()} == {
            "Text": "Hello Ann",
            "Html": "<p>Hello Ann</p>",
        }
        assert [tag["Name"] for tag in params["EmailTags"]] == ["action_id"]

    def test_the_way_out_of_it_is_a_header(self) -> None:
        aws_clients.sesv2().create_email_identity(EmailIdentity="hub@example.com")
        way_out = one_click_headers("https://hub.example.com/preferences/p1.x.y")
        with moto_resources.asked(aws_clients.sesv2(), "SendEmail") as asked:
            Mail("hub@example.com").send("ann@example.com", LETTER, "a-1", way_out)
        assert asked[0]["Content"]["Simple"]["Headers"] == [
            {
                "Name": "List-Unsubscribe",
                "Value": "<https://hub.example.com/preferences/p1.x.y>",
            },
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]

    def test_a_sender_that_ses_does_not_know_is_rejected(self) -> None:
        with pytest.raises(Rejected, match="MessageRejected"):
            Mail("stranger@example.com").send("ann@example.com", LETTER, "a-1")

    @pytest.mark.parametrize(
        ("fault", "meaning"),
        [
            (ReadTimeoutError(endpoint_url="https://ses"), Uncertain),
            (ConnectTimeoutError(endpoint_url="https://ses"), Unavailable),
        ],
    )
    def test_a_letter_that_may_have_gone_is_uncertain_and_not_sent_again(
        self, fault: Exception, meaning: type[Exception]
    ) -> None:
        tries: list[str] = []

        def fail(**_: Any) -> None:
            tries.append("try")
            raise fault

        with (
            moto_resources.listening(aws_clients.sesv2(), "before-send.sesv2.SendEmail", fail),
            pytest.raises(meaning),
        ):
            Mail("hub@example.com").send("ann@example.com", LETTER, "a-1")
        assert tries == ["try"]

    @pytest.mark.parametrize(
        ("status", "code", "meaning"),
        [
            (429, "TooManyRequestsException", Unavailable),
            (500, "InternalServiceErrorException", Uncertain),
            (503, "ServiceUnavailable", Uncertain),
            (400, "MailFromDomainNotVerifiedException", Unavailable),
            (400, "BadRequestException", Rejected),
        ],
    )
    def test_what_ses_answers_is_understood(
        self, status: int, code: str, meaning: type[Exception]
    ) -> None:
        said = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        with (
            moto_resources.answering(aws_clients.sesv2(), "SendEmail", said, status),
            pytest.raises(meaning),
        ):
            Mail("hub@example.com").send("ann@example.com", LETTER, "a-1")


class Centre(BaseHTTPRequestHandler):
    """A call centre that behaves as its `mode` says and keeps what it was asked."""

    mode = "ok"
    asked: tuple[dict[str, Any], ...] = ()
    release = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = {"path": self.path, "headers": dict(self.headers), "body": json.loads(body)}
        type(self).asked = (*self.asked, asked)
        if self.mode == "hang":
            self.release.wait(5)
            return
        status, answer = ANSWERS[self.mode]
        self.send_response(status)
        if self.mode == "redirect":
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_DELETE(self) -> None:
        type(self).asked = (*self.asked, {"path": self.path, "headers": dict(self.headers)})
        self.send_response(int(self.mode))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
        """Tests are quiet."""


ANSWERS = {
    "ok": (201, b'{"id": "task-7"}'),
    "known": (409, b'{"id": "task-7"}'),
    "known but mute": (409, b""),
    "busy": (429, b""),
    "broken": (500, b"oh"),
    "refusing": (422, b'{"error": "no such queue"}'),
    "redirect": (307, b""),
    "garbage": (200, b"<html>"),
    "no id": (200, b"[]"),
    "chatty": (200, b'{"id": "task-7", "said": "' + b"x" * 300_000 + b'"}'),
}


@pytest.fixture
def centre() -> Iterator[type[Centre]]:
    class Mine(Centre):
        release = threading.Event()

    with ThreadingHTTPServer(("127.0.0.1", 0), Mine) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        Mine.url = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]  # the server's own field
        yield Mine
        Mine.release.set()
        server.shutdown()


def dispatch(centre: type[Centre], mode: str) -> str:
    centre.mode = mode
    place = {"url": centre.url, "token": "t0ken"}  # type: ignore[attr-defined]  # the server's own field
    return CallCentre(lambda: {"call_centre": place}, HERE, seconds=0.3).dispatch(
        {"queue": "q"}, "a-1"
    )


def withdraw(centre: type[Centre], status: int) -> bool:
    centre.mode = str(status)
    place = {"url": centre.url, "token": "t0ken"}  # type: ignore[attr-defined]  # the server's own field
    return CallCentre(lambda: {"call_centre": place}, HERE, seconds=0.3).withdraw("task/7")


class TestCallCentre:
    def test_a_task_is_posted_under_its_key(self, centre: type[Centre]) -> None:
        assert dispatch(centre, "ok") == "task-7"
        [asked] = centre.asked
        assert asked["path"] == "/tasks"
        assert asked["body"] == {"queue": "q"}
        assert asked["headers"]["Authorization"] == "Bearer t0ken"
        assert asked["headers"]["Idempotency-Key"] == "a-1"

    def test_a_task_that_is_there_already_is_done(self, centre: type[Centre]) -> None:
        assert dispatch(centre, "known") == "task-7"
        assert dispatch(centre, "known but mute") == "a-1"

    @pytest.mark.parametrize("mode", ["busy", "broken", "hang", "garbage", "no id", "chatty"])
    def test_what_may_pass_is_tried_once_and_left_for_later(
        self, centre: type[Centre], mode: str
    ) -> None:
        with pytest.raises(Unavailable):
            dispatch(centre, mode)
        assert len(centre.asked) == 1

    @pytest.mark.parametrize("mode", ["refusing", "redirect"])
    def test_what_never_will_be_taken_is_rejected(self, centre: type[Centre], mode: str) -> None:
        with pytest.raises(Rejected):
            dispatch(centre, mode)
        assert [asked["path"] for asked in centre.asked] == ["/tasks"]

    @pytest.mark.parametrize(
        ("status", "done"), [(200, True), (204, True), (404, True), (410, True), (405, False)]
    )
    def test_a_task_is_taken_back_where_that_is_offered(
        self, centre: type[Centre], status: int, done: bool
    ) -> None:
        assert withdraw(centre, status) is done
        [asked] = centre.asked
        assert asked["path"] == "/tasks/task%2F7"
        assert asked["headers"]["Authorization"] == "Bearer t0ken"

    @pytest.mark.parametrize(("status", "meaning"), [(503, Unavailable), (401, Rejected)])
    def test_a_task_that_is_not_taken_back_is_an_error(
        self, centre: type[Centre], status: int, meaning: type[Exception]
    ) -> None:
        with pytest.raises(meaning):
            withdraw(centre, status)

    def test_nobody_at_home_is_unavailable(self) -> None:
        place = {"url": "http://127.0.0.1:1", "token": "t"}
        with pytest.raises(Unavailable):
            CallCentre(lambda: {"call_centre": place}, HERE, seconds=0.3).dispatch({}, "a-1")

    def test_what_is_inside_is_never_called(self, centre: type[Centre]) -> None:
        place = {"url": "https://127.0.0.1", "token": "t"}
        with pytest.raises(Rejected, match="not a public one"):
            CallCentre(lambda: {"call_centre": place}, OutboundHttp()).dispatch({}, "a-1")
        assert centre.asked == ()

    @pytest.mark.parametrize("secret", [{}, {"call_centre": None}, {"call_centre": {"url": "x"}}])
    def test_a_secret_without_the_call_centre_is_unavailable(self, secret: dict[str, Any]) -> None:
        with pytest.raises(Unavailable, match="connector secret"):
            CallCentre(lambda: secret, HERE).dispatch({}, "a-1")


@pytest.mark.usefixtures("in_aws")
class TestSecrets:
    @staticmethod
    def _kept(text: str) -> str:
        return aws_clients.secretsmanager().create_secret(Name="sources", SecretString=text)["ARN"]

    def test_a_secret_is_read_again_after_a_minute(self) -> None:
        arn = self._kept('{"shop": ["whsec_1"]}')
        clock = fakes.FixedClock()
        secrets = Secrets(arn, clock)
        with moto_resources.counted(aws_clients.secretsmanager()) as calls:
            for _ in range(3):
                assert secrets() == {"shop": ["whsec_1"]}
                clock.passes(seconds=29)
        assert calls == ["GetSecretValue"]
        aws_clients.secretsmanager().put_secret_value(
            SecretId=arn, SecretString='{"shop": ["whsec_2"]}'
        )
        assert secrets() == {"shop": ["whsec_2"]}

    def test_a_secret_that_is_not_an_object_is_unavailable_and_not_quoted(self) -> None:
        with pytest.raises(Unavailable) as raised:
            Secrets(self._kept("hunter2"))()
        assert "hunter2" not in raised.value.reason

    def test_what_was_just_put_there_is_found_at_once(self) -> None:
        arn = self._kept("{}")
        secrets = Secrets(arn, fakes.FixedClock())
        with pytest.raises(Unavailable, match="has no twilio"):
            secrets.read_object("twilio")
        text = '{"twilio": {"account_sid": "AC1"}}'
        aws_clients.secretsmanager().put_secret_value(SecretId=arn, SecretString=text)
        assert secrets.read_object("twilio") == {"account_sid": "AC1"}
