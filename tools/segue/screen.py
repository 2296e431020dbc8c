"""What the command says: results on stdout (`--json`: as JSON), progress on stderr."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.status import Status
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a command shows its result: for a person or, with `json`, for a program."""

    json: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False))
    progress: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def show(self, result: RenderableType, data: object) -> None:
        """One result: `data` on one line for a program, `result` for a person."""
        if self.json:
            self.out.file.write(json.dumps(data, default=str) + "\n")
            self.out.file.flush()
        else:
            self.out.print(result, soft_wrap=isinstance(result, Text))

    def note(self, text: str) -> None:
        self.progress.print(Text.assemble(("✓ ", "green"), text))

    def refuse(self, reason: str) -> None:
        if self.json:
            self.out.file.write(json.dumps({"error": reason}) + "\n")
        else:
            self.progress.print(Text(reason, style="red"))

    @contextmanager
    def step(self, label: str) -> Iterator["Step"]:
        """A stage that takes a while: shown while it runs, left on the screen with its time."""
        started = time.monotonic()
        with self.progress.status(Text(label)) as status:
            step = Step(label, self._make_reporter(status))
            if not self.progress.is_terminal:
                step.report("begun")
            yield step
        self.note(f"{step.done} ({time.monotonic() - started:.1f}s)")

    def _make_reporter(self, status: Status) -> Callable[[str], None]:
        """In place on a terminal; elsewhere as a line every few seconds."""
        if self.progress.is_terminal:
            return lambda text: status.update(Text(text))
        return RateLimitedPrinter(self.progress)


class RateLimitedPrinter:
    """Prints a text at most every `SECONDS`."""

    SECONDS = 5.0

    def __init__(self, console: Console) -> None:
        self._console, self._last = console, float("-inf")

    def __call__(self, text: str) -> None:
        if (now := time.monotonic()) - self._last >= self.SECONDS:
            self._last = now
            self._console.print(Text(text), soft_wrap=True)


class Step:
    """A running stage: `now` tells what it is at, `done` is what stays when it is over."""

    def __init__(self, label: str, show: Callable[[str], None]) -> None:
        self.label = self.done = label
        self._show = show

    def report(self, detail: str) -> None:
        self._show(f"{self.label}: {detail}")
