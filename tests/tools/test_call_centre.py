"""The demo's call centre takes a task once a key, from whoever knows the token."""

import threading
from collections.abc import Iterator

import pytest
import urllib3

from tools.segue.call_centre import CallCentre

HEADERS = {"Authorization": "Bearer secret", "Idempotency-Key": "action-1"}


@pytest.fixture
def tasks() -> Iterator[str]:
    with CallCentre(0, "secret") as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/tasks"
        server.shutdown()


def post(url: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
    with urllib3.PoolManager() as http:
        answer = http.request("POST", url, json=body, headers=headers, retries=False)
        return answer.status, answer.json()


def test_the_same_key_again_is_the_same_task(tasks: str) -> None:
    first = post(tasks, {"queue": "retention"}, HEADERS)
    again = post(tasks, {"queue": "another"}, HEADERS)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    with urllib3.PoolManager() as http:
        assert http.request("GET", tasks, headers=HEADERS).json() == {"tasks": [first[1]]}


def test_a_withdrawn_tasks_key_makes_no_other_task(tasks: str) -> None:
    _, made = post(tasks, {"queue": "retention"}, HEADERS)
    with urllib3.PoolManager() as http:
        gone = [
            http.request("DELETE", f"{tasks}/{name}", headers=HEADERS, retries=False).status
            for name in (made["id"], made["id"], "task-9")
        ]
    assert gone == [200, 200, 404]
    status, again = post(tasks, {"queue": "retention"}, HEADERS)
    assert (status, again["withdrawn"]) == (200, True)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({**HEADERS, "Authorization": "Bearer wrong"}, {}, 401),
        ({"Authorization": "Bearer secret"}, {}, 400),
        (HEADERS, ["no", "object"], 400),
        (HEADERS, {"script": "x" * 300_000}, 400),
    ],
)
def test_invalid_requests_are_refused(
    tasks: str, headers: dict[str, str], body: object, status: int
) -> None:
    assert post(tasks, body, headers)[0] == status
