"""`segue preview`: a template on every channel, as one customer would get it."""

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
    template: Annotated[str, typer.Argument(help="The template's id.")],
    customer: Annotated[str, typer.Argument(help="Their id or any key.")],
    channel: Annotated[str, typer.Option(help="Only this channel.", show_default="all")] = "",
    out: Annotated[
        Path, typer.Option(help="Folder for pictures, pages and PDFs.", file_okay=False)
    ] = Path("preview"),
) -> None:
    """Show what a template says to a customer. Nothing is sent.

    An e-mail is also a picture, a letter a PDF; a text message has its size.
    """
    session = get_session(context)
    previews = preview_template(session.hub(), template, customer, channel, out)
    session.screen.show(
        Group(*map(_render_channel, previews)),
        [preview.to_dict() for preview in previews],
    )


def _render_channel(preview: ChannelPreview) -> Panel:
    title = f"{preview.channel} · {preview.language}"
    if preview.lacking:
        return Panel(Text(preview.lacking, style="red"), title=title)
    words = [Text(text) for part, text in preview.parts.items() if part != "html"]
    if preview.facts:
        segments = (
            f"{preview.facts['segments']} segment{'s' if preview.facts['segments'] > 1 else ''}"
        )
        words.append(Text(f"{preview.facts['encoding']}, {segments}", style="dim"))
    words += [Text(file, style="dim") for file in preview.files if not file.endswith(".txt")]
    return Panel(Group(*words), title=title)
