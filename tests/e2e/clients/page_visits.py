"""Somebody at a page in a real Chromium: what they see, and what they do when told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlencode

from tests.e2e.clients import HERE, browser

ORIGIN = "http://localhost:8000"
"""What the page's address says, whichever port it is really served at."""


@dataclass
class Visitor:
    """`seen` is what stands in each place of the page; `failed` is what went wrong in it."""

    seen: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)

    def click(self, what: str) -> None:
        self.wishes.append(f"document.querySelector({json.dumps(what)}).click()")

    def scroll_to(self, what: str) -> None:
        self.wishes.append(f"document.querySelector({json.dumps(what)}).scrollIntoView()")

    def come_back(self) -> None:
        """As the browser tells a page that its tab is looked at again."""
        self.wishes.append("document.dispatchEvent(new Event('visibilitychange'))")

    def tell(self, told: dict[str, Any]) -> str:
        """What they are to do next, in JavaScript."""
        self.seen = told.get("seen", self.seen)
        self.failed += [told["failed"]] if "failed" in told else []
        return self.wishes.pop(0) if self.wishes and "seen" in told else ""


@contextmanager
def visiting(folder: Path, **words: str) -> Iterator[Visitor]:
    """The page `placements.html`; `words` are what a shop writes into its page."""
    visitor = Visitor()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _page_of(visitor))
    Thread(target=server.serve_forever, daemon=True).start()
    there = f"--host-resolver-rules=MAP localhost:8000 127.0.0.1:{server.server_port}"
    try:
        with browser(folder, f"{ORIGIN}/placements.html?{urlencode(words)}", there):
            yield visitor
    finally:
        server.shutdown()
        server.server_close()


def _page_of(visitor: Visitor) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/placements.html":
                body, kind = (HERE / "placements.html").read_bytes(), "text/html"
            elif path == "/told":
                body, kind = visitor.tell(json.loads(unquote(query))).encode(), "text/plain"
            else:
                body, kind = b"", "text/plain"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Page
