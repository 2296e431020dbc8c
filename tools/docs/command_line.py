"""The tables of `docs/cli.md`, from the commands of `segue` themselves."""

from collections.abc import Iterator
from typing import Any

import typer

from tools.docs.markdown import code, to_slug, to_table
from tools.segue.command import app


def list_commands() -> Iterator[tuple[str, Any]]:
    """`dlq show` and its command, of every command, in the order of `segue --help`."""
    yield from _walk("", typer.main.get_command(app))


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from _walk(f"{path} {name}".strip(), below)


def describe_commands() -> str:
    """One line a command, each linked to its section."""
    rows = (
        (f"[`segue {_usage(path, command)}`](#{to_slug(f'segue {path}')})", _first_line(command))
        for path, command in list_commands()
    )
    return to_table(("command", "what it does"), rows)


def describe_options() -> str:
    """A section for each command: what it does, its arguments and its options."""
    return "".join(_section(path, command) for path, command in list_commands()) + "\n"


def describe_common_options() -> str:
    """The options that every command takes."""
    return _parameter_table(typer.main.get_command(app))


def _section(path: str, command: Any) -> str:
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    text = "\n\n".join(filter(None, paragraphs))
    table = _parameter_table(command)
    return f"\n## segue {path}\n\n{text}\n" + (f"\n{table}" if table else "")


def _parameter_table(command: Any) -> str:
    rows = [_parameter_row(parameter) for parameter in command.params if not parameter.hidden]
    return to_table(("argument or option", "default", "what it says"), rows) if rows else ""


def _parameter_row(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        return code(_argument(parameter)), _default(parameter), parameter.help or ""
    names = ", ".join(parameter.opts)
    value = "" if parameter.is_flag else f" {(parameter.metavar or parameter.name).upper()}"
    return code(f"{names}{value}"), _default(parameter), parameter.help or ""


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    flag = getattr(parameter, "is_flag", False)
    unsaid = flag or parameter.default in (None, "", (), [])
    return "" if unsaid else code(str(parameter.default))


def _usage(path: str, command: Any) -> str:
    arguments = (p for p in command.params if p.param_type_name == "argument" and not p.hidden)
    return " ".join([path, *map(_argument, arguments)])


def _argument(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    name = parameter.name.upper() + ("..." if parameter.nargs != 1 else "")
    return name if parameter.required else f"[{name}]"


def _first_line(command: Any) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split())
