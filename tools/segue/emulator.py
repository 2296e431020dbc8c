"""MiniStack, the AWS emulator, as a process of a local hub."""

import os
import shutil
import socket
import time
from http.client import HTTPConnection, HTTPException

from tools.segue import processes
from tools.segue.local_home import BUILD_FOLDER, Home, UserError

USUAL_PORT = 4566
ACCOUNT, REGION = "000000000000", "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
TIMEOUT = 60.0
PYTHON = BUILD_FOLDER / "ministack" / "bin" / "python"


def build_plain_environment() -> dict[str, str]:
    """Return the environment of a child process, without the user's AWS or Python settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


def find_free_port(wanted: int = 0) -> int:
    """Return `wanted` if nobody listens on it, else a free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise UserError("No port is free on 127.0.0.1.")


def start(home: Home, port: int) -> int:
    """Start it empty, wait until it is ready, and return its pid."""
    if not PYTHON.exists():
        raise UserError("The emulator is not installed yet: run `make setup`.")
    shutil.rmtree(home.temporary, ignore_errors=True)
    home.temporary.mkdir(parents=True)
    home.log("ministack").unlink(missing_ok=True)
    pid = processes.start_process(
        home,
        [PYTHON, "-P", *processes.ownership_options(home), "-m", processes.EMULATOR],
        environment=build_environment(home, port),
        log=home.log("ministack"),
    )
    wait_until_ready(home, port, pid)
    return pid


def build_environment(home: Home, port: int) -> dict[str, str]:
    """Return its environment. `AUTH` makes it check every function's role, as an account does."""
    return {
        **build_plain_environment(),
        **CREDENTIALS,
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "INFO",
        "MINISTACK_REGION": REGION,
        "S3_DATA_DIR": str(home.temporary / "s3"),
        "STATE_DIR": str(home.temporary / "state"),
        "TMPDIR": str(home.temporary),
    }


def wait_until_ready(home: Home, port: int, pid: int) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not is_ready(port):
        if processes.has_ended(pid) or time.monotonic() > deadline:
            raise UserError(f"The emulator did not start; its log is {home.log('ministack')}.")
        time.sleep(0.1)


def is_ready(port: int) -> bool:
    """Return whether an emulator is ready on that port."""
    line = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/_ministack/ready")
        return line.getresponse().status == 200  # noqa: PLR2004 - HTTP's OK
    except (OSError, HTTPException):
        return False
    finally:
        line.close()
