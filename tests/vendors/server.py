"""One HTTP server for all vendors, with faults: what a bad day looks like from outside."""

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.vendors.ledger import Books, Call, Protocol, Reply

BUSY, BROKEN, HANGS, DROPS, GARBAGE = "busy", "broken", "hangs", "drops", "garbage"
FAULTS = (BUSY, BROKEN, HANGS, DROPS, GARBAGE)
RETRY_AFTER = 7


class Vendor(ThreadingHTTPServer):
    """Speaks one protocol. Each of `faults` spoils one attempt to act: `busy` (429 with a time to
    wait) and `broken` (500) do nothing, the others take effect and tell nobody."""

    daemon_threads = True

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.protocol, self.books = protocol, Books()
        self.faults: list[str] = []
        self.calls: list[Call] = []
        self.release = threading.Event()
        self.turn = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, call: Call) -> tuple[Reply, str]:
        with self.turn:
            self.calls.append(call)
            before = copy.deepcopy(self.books.effects)
            acts = self.books.acts
            reply = self.protocol(call, self.books)
            if self.books.acts == acts or not self.faults:
                return reply, ""
            fault = self.faults.pop(0)
            if fault in (BUSY, BROKEN):
                self.books.effects = before
            return reply, fault


class Desk(BaseHTTPRequestHandler):
    server: Vendor

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, self.rfile.read(length))
        try:
            reply, fault = self.server.answer(call)
        except (AssertionError, KeyError, ValueError) as wrong:
            reply, fault = Reply(400, {"not as documented": repr(wrong)}), ""
        match fault:
            case "hangs":
                self.server.release.wait(5)
            case "drops":
                self.close_connection = True
            case "busy":
                self.say(Reply(429, {"error": "slow down"}, {"Retry-After": str(RETRY_AFTER)}))
            case "broken":
                self.say(Reply(500, "<html>oh</html>"))
            case "garbage":
                self.say(Reply(200, "<<<%%%"))
            case _:
                self.say(reply)

    do_DELETE = handle_any  # noqa: N815 the name is inherited
    do_GET = handle_any  # noqa: N815 as the base class looks them up
    do_PATCH = handle_any  # noqa: N815 the name is inherited
    do_POST = handle_any  # noqa: N815 the name is inherited

    def say(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Tests are quiet."""


@contextmanager
def running(protocol: Protocol) -> Iterator[Vendor]:
    with Vendor(protocol) as vendor:
        threading.Thread(target=vendor.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield vendor
        finally:
            vendor.release.set()
            vendor.shutdown()
