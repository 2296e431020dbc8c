"""The processes of a local hub. Their command lines have the home's path, by which they are found.

A pid alone proves nothing: after a crash another program may have it. The command line does, and
it also finds the workers of an emulator that has ended.
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
    """Return interpreter options that name the home and have no effect."""
    return ("-X", f"segue={home.folder}")


def belongs(arguments: Sequence[str], home: Home) -> bool:
    """Return whether we started it for this home, or whether it is a worker of the emulator."""
    if ownership_options(home)[1] in arguments:
        return True
    worker = rf"{re.escape(str(home.temporary))}/ministack-lambda-[^/]+/_worker\.\w+"
    return any(re.fullmatch(worker, argument) for argument in arguments)


def list_running(home: Home, module: str = "") -> list[Process]:
    """Return the home's processes, or those that run `module`, without zombies."""
    own = [process for process in list_all() if belongs(process.arguments, home)]
    return [process for process in own if not module or module in process.arguments]


def list_all() -> list[Process]:
    """Return every process whose command line can be read."""
    if not PROC.joinpath("self").exists():
        return list_by_ps()
    processes = []
    for entry in PROC.iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (line := entry.joinpath("cmdline").read_bytes()):
                words = tuple(word.decode(errors="replace") for word in line.split(b"\0")[:-1])
                processes.append(Process(int(entry.name), words))
    return processes


def list_by_ps() -> list[Process]:
    """Return the same by `ps`, if there is no `/proc`. It splits arguments at blanks."""
    lines = subprocess.run(
        ["ps", "-axww", "-o", "pid=,command="], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    split = (line.split() for line in lines)
    return [Process(int(pid), tuple(words)) for pid, *words in split]


def start_process(
    home: Home, command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path
) -> int:
    """Start it in a session of its own, so that Ctrl-C in the terminal does not reach it."""
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
    """Return whether a child has ended. A new process has no command line to find it by yet."""
    ended, _ = os.waitpid(pid, os.WNOHANG)
    return ended == pid


def stop_all(home: Home, grace: float = GRACE_SECONDS) -> int:
    """Terminate them all, and kill those that remain. Returns how many there were."""
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
