"""The `segue` command: its options, and one clear sentence when something is wrong."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from tools.segue import hub as hubs
from tools.segue.commands import (
    ask,
    attribution,
    audience,
    bench,
    catalogue,
    erase,
    failures,
    identity,
    inspection,
    learned,
    local,
    preview,
    print_letters,
    replay,
    report,
    send,
    whatif,
)
from tools.segue.local_home import UserError, resolve_home
from tools.segue.screen import Screen
from tools.segue.session import Session

app = typer.Typer(
    name="segue",
    help="Starts a hub on this machine, sends to it, and explains what it did.",
    epilog="The options above may stand anywhere: `segue dlq list --json`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    *(local, send, ask, inspection, identity, erase, learned, catalogue, preview),
    *(audience, report, whatif, replay, attribution, failures, bench, print_letters),
):
    module.add_commands(app)

GLOBAL_FLAGS = ("--json",)
GLOBAL_OPTIONS = ("--stack", "--profile", "--region", "--home")


@app.callback()
def segue(
    context: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Results as JSON, one a line.")] = False,
    stack: Annotated[
        str, typer.Option(help="A hub in an AWS account, by its stack's name, e.g. Segue.")
    ] = "",
    profile: Annotated[str | None, typer.Option(help="AWS profile, for --stack.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region, for --stack.")] = None,
    folder: Annotated[
        str | None,
        typer.Option("--home", help="Folder of a local hub.", show_default=".segue/local"),
    ] = None,
) -> None:
    context.obj = Session(Screen(json), resolve_home(folder), stack, profile, region)


def hoist_options(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the options of every command first, where typer wants them."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in GLOBAL_FLAGS or word.startswith(tuple(f"{name}=" for name in GLOBAL_OPTIONS)):
            front.append(word)
        elif word in GLOBAL_OPTIONS:
            front += [word, *[value for value in (next(words, None),) if value is not None]]
        else:
            rest.append(word)
    return [*front, *rest]


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0 for success, 1 after an error's sentence, 2 for wrong usage."""
    screen = Screen("--json" in arguments)
    try:
        app(hoist_options(arguments), prog_name="segue")
    except UserError as expected:
        screen.refuse(str(expected))
    except EndpointConnectionError:
        screen.refuse(hubs.NO_HUB)
    except ClientError as refused:
        error = refused.response.get("Error", {})
        screen.refuse(f"AWS refused {refused.operation_name}: {error.get('Message', refused)}")
    except BotoCoreError as failed:
        screen.refuse(f"AWS could not be asked: {failed}")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    else:
        return 0
    return 1
