"""The output of a command: results on stdout (`--json`: as JSON), progress on stderr."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook
from rich.segment import Segment
from rich.status import Status
from rich.text import Text

_CONTROL_PICTURES = 0x2400
"""The Unicode block with a picture of each C0 control character, such as ␛."""
_SHOWN_CONTROLS = {
    **{code: _CONTROL_PICTURES + code for code in range(0x20) if chr(code) not in "\n\t"},
    **dict.fromkeys(range(0x7F, 0xA0), 0xFFFD),
}


def show_controls(text: str) -> str:
    """Replace the control characters of C0 and C1, except the end of a line and the tabulator.

    A terminal would obey them: it would write the clipboard or change what stands above. Anybody
    can put them into a name or an event.
    """
    return text.translate(_SHOWN_CONTROLS)


@dataclass(frozen=True, slots=True)
class _WithoutControls:
    renderable: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.renderable, options):
            yield segment if segment.control else segment._replace(text=show_controls(segment.text))


class _ShowControls(RenderHook):
    """Shows the control characters of everything that a console prints. Rich drops only a few."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_WithoutControls(each) for each in renderables]


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a command shows its result: for people or, with `json`, for programs."""

    json: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False))
    progress: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def __post_init__(self) -> None:
        for console in (self.out, self.progress):
            console.push_render_hook(_ShowControls())

    def show(self, result: RenderableType, data: object) -> None:
        """Show one result: `data` on one line for a program, `result` for people."""
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
        """Show a stage while it runs, and its time at the end."""
        started = time.monotonic()
        with self.progress.status(Text(show_controls(label))) as status:
            step = Step(label, self._make_reporter(status))
            if not self.progress.is_terminal:
                step.report("begun")
            yield step
        self.note(f"{step.done} ({time.monotonic() - started:.1f}s)")

    def _make_reporter(self, status: Status) -> Callable[[str], None]:
        """Return what shows a text: in place on a terminal, else as a line every few seconds."""
        if self.progress.is_terminal:
            return lambda text: status.update(Text(show_controls(text)))
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
    """A running stage. `report` shows a detail; `done` is the text that stays at the end."""

    def __init__(self, label: str, show: Callable[[str], None]) -> None:
        self.label = self.done = label
        self._show = show

    def report(self, detail: str) -> None:
        self._show(f"{self.label}: {detail}")
