"""`segue preview`: a template as one customer would get it, on every channel."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from tools.segue.session import get_session
from tools.segue.template_preview import ChannelPreview, preview_template


def add_commands(app: typer.Typer) -> None:
    app.command(name="preview")(show)


def show(
    context: typer.Context,
    template: Annotated[str, typer.Argument(help="As its row names it.")],
    customer: Annotated[str, typer.Argument(help="Their id or any key.")],
    channel: Annotated[str, typer.Option(help="One channel alone.", show_default="all")] = "",
    out: Annotated[
        Path, typer.Option(help="Folder for pictures, pages and PDFs.", file_okay=False)
    ] = Path("preview"),
) -> None:
    """Show what a template says to a customer: e-mail as a picture, texts with their size, letters
    as PDF. Nothing is sent."""
    session = get_session(context)
    shown = preview_template(session.hub(), template, customer, channel, out)
    session.screen.show(Group(*map(_render_channel, shown)), [one.to_dict() for one in shown])


def _render_channel(one: ChannelPreview) -> Panel:
    title = f"{one.channel} · {one.language}"
    if one.lacking:
        return Panel(Text(one.lacking, style="red"), title=title)
    words = [Text(text) for part, text in one.parts.items() if part != "html"]
    if one.facts:
        segments = f"{one.facts['segments']} segment{'s' if one.facts['segments'] > 1 else ''}"
        words.append(Text(f"{one.facts['encoding']}, {segments}", style="dim"))
    words += [Text(file, style="dim") for file in one.files if not file.endswith(".txt")]
    return Panel(Group(*words), title=title)
