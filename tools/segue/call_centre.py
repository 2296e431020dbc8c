"""A small call centre for trying the hub. It accepts call tasks over HTTP, in memory.

`POST /tasks` needs `Authorization: Bearer <token>` and an `Idempotency-Key`. A repeated key gets
the first task again. `GET /tasks` lists them, oldest first. `DELETE /tasks/<id>` withdraws one.
"""

import argparse
import hmac
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAX_BODY = 256 * 1024
TOKEN_VARIABLE = "SEGUE_CALL_CENTRE_TOKEN"  # noqa: S105 - the variable's name


@dataclass(frozen=True, slots=True)
class TaskLedger:
    """Tasks by idempotency key, in order of arrival."""

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, task: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """Return the task of that key, and whether it is new."""
        with self.lock:
            new = key not in self.tasks
            if new:
                self.tasks[key] = {**task, "id": f"task-{len(self.tasks) + 1}", "key": key}
            return self.tasks[key], new

    def withdraw(self, task_id: str) -> bool:
        """Return whether there is one. It stays as `withdrawn`, so its key makes no other."""
        with self.lock:
            matching = [task for task in self.tasks.values() if task["id"] == task_id]
            for task in matching:
                task["withdrawn"] = True
            return bool(matching)


class CallCentre(ThreadingHTTPServer):
    """Listens on the loopback interface; port 0 takes a free port."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(("127.0.0.1", port), TaskHandler)
        self.ledger = TaskLedger()
        self.bearer = f"Bearer {token}".encode()


class TaskHandler(BaseHTTPRequestHandler):
    """Handles one request. A refused request closes its connection, as its body was not read."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    server: CallCentre

    def do_GET(self) -> None:
        if self.check_request():
            self.respond(HTTPStatus.OK, {"tasks": list(self.server.ledger.tasks.values())})

    def do_POST(self) -> None:
        if not self.check_request():
            return
        try:
            taken, new = self.server.ledger.take(self.read_key(), self.read_task())
        except (TypeError, ValueError) as wrong:
            self.respond(HTTPStatus.BAD_REQUEST, {"error": str(wrong)})
        else:
            self.respond(HTTPStatus.CREATED if new else HTTPStatus.OK, taken)

    def do_DELETE(self) -> None:
        path, _, task_id = self.path.rpartition("/")
        if self.check_request(path):
            withdrawn = self.server.ledger.withdraw(task_id)
            status = HTTPStatus.OK if withdrawn else HTTPStatus.NOT_FOUND
            self.respond(status, {"withdrawn": withdrawn})

    def check_request(self, path: str = "") -> bool:
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, self.server.bearer):
            self.respond(HTTPStatus.UNAUTHORIZED, {"error": "the bearer token is wrong"})
        elif (path or self.path.rstrip("/")) != "/tasks":
            self.respond(HTTPStatus.NOT_FOUND, {"error": "there is only /tasks"})
        else:
            return True
        return False

    def read_key(self) -> str:
        if not (key := self.headers.get("Idempotency-Key", "")):
            raise ValueError("Idempotency-Key is missing")
        return key

    def read_task(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length", 0))
        if not 0 < length <= MAX_BODY:
            raise ValueError(f"a task has 1 to {MAX_BODY} bytes")
        task = json.loads(self.rfile.read(length))
        if not isinstance(task, dict):
            raise TypeError("a task is a JSON object")
        return task

    def respond(self, status: HTTPStatus, body: Mapping[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status >= HTTPStatus.BAD_REQUEST:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_request(self, *_: object) -> None:
        """Log nothing: tasks hold names and numbers of people."""


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo's call centre.")
    parser.add_argument("--port", type=int, required=True)
    with CallCentre(parser.parse_args().port, os.environ[TOKEN_VARIABLE]) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
