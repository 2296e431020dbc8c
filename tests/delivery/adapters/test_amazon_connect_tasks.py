"""Amazon Connect, as its REST API is documented, played by a server on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hub.delivery.adapters.amazon_connect_tasks import LONGEST_NAME, LONGEST_SCRIPT, ConnectTasks
from hub.delivery.ports import CallCentre as CallCentrePort
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.platform.adapters import aws_clients
from tests import fakes

FLOW = "arn:aws:connect:eu-west-1:123456789012:instance/i-1/contact-flow/f-1"
TASK = {
    "queue": "retention",
    "reason": "a complaint",
    "phone": "+442071838750",
    "customer_id": "c-1",
    "script": "Hello Ann",
    "due_by": "2026-11-25T12:00:00.000Z",
}


class Connect(ThreadingHTTPServer):
    """`asked` is what was asked; `contacts` is by client token. `refusal` is a status and an
    error's name that the next calls are answered with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.asked: list[dict[str, Any]] = []
        self.contacts: dict[str, str] = {}
        self.refusal: tuple[int, str] | None = None

    def answer(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        self.asked.append({"method": method, "path": path, "body": body})
        if self.refusal:
            status, name = self.refusal
            return status, {"x-amzn-ErrorType": name}, {"Message": "no"}
        if path == "/contact/stop":
            return 200, {}, {}
        token = body["ClientToken"]
        contact = self.contacts.setdefault(token, f"contact-{len(self.contacts) + 1}")
        return 200, {}, {"ContactId": contact}


class _Api(BaseHTTPRequestHandler):
    server: Connect

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers, answer = self.server.answer(method, self.path, body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    with Connect() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for name, value in {
            "AWS_ENDPOINT_URL_CONNECT": address,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }.items():
            monkeypatch.setenv(name, value)
        aws_clients.amazon_connect.cache_clear()
        yield server
        aws_clients.amazon_connect.cache_clear()
        server.shutdown()


@pytest.fixture(params=["fake", "adapter"])
def call_centre(request: pytest.FixtureRequest) -> CallCentrePort:
    if request.param == "fake":
        return fakes.CallCentre()
    request.getfixturevalue("connect")
    return ConnectTasks(FLOW)


def test_the_same_call_is_one_task_however_often_it_is_dispatched(
    call_centre: CallCentrePort,
) -> None:
    first = call_centre.dispatch(TASK, "a-1")
    assert call_centre.dispatch(TASK, "a-1") == first
    assert call_centre.dispatch(TASK, "a-2") != first


def test_a_task_is_taken_back(call_centre: CallCentrePort) -> None:
    assert call_centre.withdraw(call_centre.dispatch(TASK, "a-1")) is True


def test_a_task_that_is_taken_back_ends_and_one_that_is_gone_is_done_with(connect: Connect) -> None:
    assert ConnectTasks(FLOW).withdraw("contact-1") is True
    [asked] = connect.asked
    assert (asked["method"], asked["path"]) == ("POST", "/contact/stop")
    assert asked["body"] == {"ContactId": "contact-1", "InstanceId": "i-1"}
    connect.refusal = 410, "ContactNotFoundException"
    assert ConnectTasks(FLOW).withdraw("contact-1") is True


def test_an_agent_is_shown_whom_to_call_and_why(connect: Connect) -> None:
    ConnectTasks(FLOW).dispatch(TASK, "a-1")
    [asked] = connect.asked
    assert (asked["method"], asked["path"]) == ("PUT", "/contact/task")
    about = {name: TASK[name] for name in ("queue", "reason", "phone", "customer_id", "due_by")}
    assert asked["body"] == {
        "InstanceId": "i-1",
        "ContactFlowId": "f-1",
        "Name": "retention: a complaint",
        "Description": "Hello Ann",
        "References": {"phone": {"Type": "STRING", "Value": "+442071838750"}},
        "Attributes": {**about, "action_id": "a-1"},
        "ClientToken": "a-1",
    }


def test_a_reason_may_be_long_and_may_be_missing(connect: Connect) -> None:
    ConnectTasks(FLOW).dispatch({**TASK, "reason": "x" * 1000}, "a-1")
    ConnectTasks(FLOW).dispatch({**TASK, "reason": ""}, "a-2")
    long, none = (asked["body"] for asked in connect.asked)
    assert len(long["Name"]) == LONGEST_NAME
    assert none["Name"] == "retention"
    assert "reason" not in none["Attributes"]


def test_a_script_that_no_task_holds_is_rejected_before_it_is_sent(connect: Connect) -> None:
    with pytest.raises(Rejected, match="4097 characters: 4096 at most"):
        ConnectTasks(FLOW).dispatch({**TASK, "script": "x" * (LONGEST_SCRIPT + 1)}, "a-1")
    assert connect.asked == []


@pytest.mark.parametrize(
    ("status", "name", "meaning"),
    [
        (400, "InvalidParameterException", Rejected),
        (400, "InvalidRequestException", Rejected),
        (404, "ResourceNotFoundException", Unavailable),
        (402, "ServiceQuotaExceededException", Unavailable),
        (429, "ThrottlingException", Unavailable),
        (500, "InternalServiceException", Unavailable),
    ],
)
def test_what_connect_answers_is_understood(
    connect: Connect, status: int, name: str, meaning: type[HubError]
) -> None:
    connect.refusal = status, name
    with pytest.raises(meaning):
        ConnectTasks(FLOW).dispatch(TASK, "a-1")
    with pytest.raises(meaning):
        ConnectTasks(FLOW).withdraw("contact-1")
    assert len(connect.asked) == 2


@pytest.mark.usefixtures("connect")
def test_nobody_at_home_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CONNECT", "http://127.0.0.1:1")
    aws_clients.amazon_connect.cache_clear()
    with pytest.raises(Unavailable):
        ConnectTasks(FLOW).dispatch(TASK, "a-1")
