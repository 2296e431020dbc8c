"""The day as it happens, from the hub's own bus."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from hub.messaging.domain import bus_records
from tools.segue import bus_timeline, render
from tools.segue.hub import Hub

POLL_SECONDS = 2.0
WITHOUT_SALES = {
    "source": [bus_records.DECISION, bus_records.OUTCOME],
    "detail-type": [{"anything-but": {"prefix": "item."}}],
}


@contextmanager
def show_timeline(hub: Hub, console: Console) -> Iterator[None]:
    """Show decisions and outcomes meanwhile, except the till's many sales."""
    over = threading.Event()
    with bus_timeline.subscribe(hub, WITHOUT_SALES) as url:
        listener = threading.Thread(target=_listen, args=(hub, url, console, over))
        listener.start()
        try:
            yield
        finally:
            over.set()
            listener.join()


def _listen(hub: Hub, url: str, console: Console, over: threading.Event) -> None:
    while not over.is_set():
        for envelope in bus_timeline.receive_envelopes(hub, url, POLL_SECONDS):
            if not _is_echo(envelope):
                _show(envelope, console)


def _is_echo(envelope: Mapping[str, Any]) -> bool:
    """Return whether it is the decision on an outcome, which was already shown as the outcome."""
    decided = envelope["source"] == bus_records.DECISION
    return decided and str(envelope["detail-type"]).startswith("action.")


def _show(envelope: Mapping[str, Any], console: Console) -> None:
    for line in bus_timeline.describe_envelope(envelope):
        console.print(
            "   ",
            render.render_timeline_line(line),
            overflow="ellipsis",
            no_wrap=True,
            soft_wrap=not console.is_terminal,
        )
