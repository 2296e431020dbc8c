"""A local hub's processes: started with the home's path on their command line, found by it.

A pid alone proves nothing: after a crash it may belong to another program. The command line does,
and it also finds the workers of an emulator that is gone.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.segue.local_home import Home

GRACE_SECONDS = 6.0
PROC = Path("/proc")
EMULATOR, CALL_CENTRE = "ministack", "tools.segue.call_centre"


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    arguments: tuple[str, ...]


def ownership_options(home: Home) -> tuple[str, str]:
    """Interpreter options that say whose process this is, and change nothing."""
    return ("-X", f"segue={home.folder}")


def belongs(arguments: Sequence[str], home: Home) -> bool:
    """True of what we started for this home and of the emulator's workers, and of nothing else."""
    if ownership_options(home)[1] in arguments:
        return True
    worker = rf"{re.escape(str(home.temporary))}/ministack-lambda-[^/]+/_worker\.\w+"
    return any(re.fullmatch(worker, argument) for argument in arguments)


def list_running(home: Home, module: str = "") -> list[Process]:
    """The home's processes, or those that run `module`. Ended ones nobody reaped do not count."""
    own = [process for process in list_all() if belongs(process.arguments, home)]
    return [process for process in own if not module or module in process.arguments]


def list_all() -> list[Process]:
    """Every process whose command line can be read."""
    if not PROC.joinpath("self").exists():
        return list_by_ps()
    found = []
    for entry in PROC.iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (line := entry.joinpath("cmdline").read_bytes()):
                words = tuple(word.decode(errors="replace") for word in line.split(b"\0")[:-1])
                found.append(Process(int(entry.name), words))
    return found


def list_by_ps() -> list[Process]:
    """The same by `ps`, where there is no `/proc`; an argument with a blank counts as two."""
    lines = subprocess.run(
        ["ps", "-axww", "-o", "pid=,command="], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    split = (line.split() for line in lines)
    return [Process(int(pid), tuple(words)) for pid, *words in split]


def start_process(
    home: Home, command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path
) -> int:
    """Starts it in a session of its own, so that Ctrl-C at the terminal does not reach it."""
    home.folder.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(words[0], words, environment, file_actions=streams, setsid=True)


def has_ended(pid: int) -> bool:
    """Of a child of ours: a process that has just begun has no command line to be found by yet."""
    ended, _ = os.waitpid(pid, os.WNOHANG)
    return ended == pid


def stop_all(home: Home, grace: float = GRACE_SECONDS) -> int:
    """Ends all of them, kindly and then for certain; returns how many there were."""
    pids = {process.pid for process in list_running(home)}
    for sign in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + grace
        signalled: set[int] = set()
        while (left := list_running(home)) and time.monotonic() < deadline:
            for process in left:
                if process.pid not in signalled:
                    signal_process(process.pid, sign)
                    signalled.add(process.pid)
            pids |= signalled
            time.sleep(0.05)
    return len(pids)


def signal_process(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
