"""`segue stop` ends what this home started, and nothing that only looks like it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.segue import processes
from tools.segue.local_home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "local")


@pytest.fixture
def started(home: Home) -> Iterator[list[int]]:
    pids: list[int] = []
    yield pids
    processes.stop_all(home)


def start(home: Home, program: str) -> int:
    home.folder.mkdir(exist_ok=True)
    command = [sys.executable, *processes.ownership_options(home), "-c", program]
    return processes.start_process(home, command, environment={}, log=home.log("program"))


def test_a_process_is_found_by_its_homes_option(home: Home) -> None:
    assert processes.belongs(
        ("python", *processes.ownership_options(home), "-m", "ministack"), home
    )


def test_a_worker_of_the_emulator_belongs_to_the_home_it_was_made_in(home: Home) -> None:
    worker = f"{home.temporary}/ministack-lambda-Segue-Decide-x1/_worker.py"
    assert processes.belongs(("python", worker), home)


def test_reading_a_log_does_not_make_a_process_ours(home: Home) -> None:
    assert not processes.belongs(("tail", "-f", str(home.log("ministack"))), home)
    assert not processes.belongs(("less", f"{home.temporary}/x/_worker.py"), home)


def test_the_hub_of_another_home_is_not_ours(home: Home, tmp_path: Path) -> None:
    neighbour = Home(tmp_path / "local2")
    assert not processes.belongs(("python", *processes.ownership_options(neighbour)), home)


def test_stop_kills_processes_that_ignore_signals(home: Home) -> None:
    ignore = f"import signal, time; signal.signal({signal.SIGTERM:d}, signal.SIG_IGN)"
    start(home, f"{ignore}; print('deaf', flush=True); time.sleep(60)")
    deadline = time.monotonic() + 10
    while "deaf" not in home.log("program").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert processes.stop_all(home, grace=0.3) == 1
    assert processes.list_running(home) == []


def test_stop_leaves_other_programs_alone(home: Home, started: list[int]) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        started.append(start(home, "import time; time.sleep(60)"))
        processes.stop_all(home)
        assert other.poll() is None
        other.kill()


def test_stopping_twice_is_no_error(home: Home) -> None:
    assert processes.stop_all(home) == 0
