"""Clients of the entrances as their vendors ship them, each in a process of its own."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tools.segue.browser import PACKAGES, find_chromium
from tools.segue.local_home import BUILD_FOLDER

HERE = Path(__file__).parent
ANALYTICS = PACKAGES / "node_modules/@segment/analytics-next/dist/umd"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0")


def on_node(script: str, *words: str, **environment: str) -> str:
    """What the script says. The packages it asks for are those of `requirements/clients`."""
    assert PACKAGES.is_dir(), "the clients are not installed yet: `make test` does that"
    ran = subprocess.run(  # noqa: S603 our own script
        [BUILD_FOLDER / "bin" / "node", HERE / script, *words],
        cwd=PACKAGES,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def track_from_a_server(options: Any, calls: Sequence[Any]) -> None:
    """Each call is the method's name and its message."""
    on_node("node.mjs", json.dumps({"options": options, "calls": calls}))


@contextmanager
def site(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A shop's page and analytics.js, served at the address; the list is what the page tells."""
    told: list[str] = []
    shutil.copytree(ANALYTICS, folder, dirs_exist_ok=True)
    shutil.copy(ANALYTICS / "index.js", folder / "analytics.js")
    shutil.copy(HERE / "shop.html", folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Page, told, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        server.server_close()


class _Page(SimpleHTTPRequestHandler):
    def __init__(self, told: list[str], *given: Any, **named: Any) -> None:
        self._told = told
        super().__init__(*given, **named)

    def do_GET(self) -> None:
        if self.path.startswith("/told?"):
            self._told.append(self.path)
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def browser(folder: Path, address: str, *flags: str) -> Iterator[None]:
    """Chromium with that page open."""
    program, environment = find_chromium(folder)
    with subprocess.Popen(  # noqa: S603 the browser of the lock, or the machine's
        [program, *FLAGS, *flags, f"--user-data-dir={folder / 'profile'}", address],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            yield
        finally:
            running.terminate()
