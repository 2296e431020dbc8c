"""`segue print`: prints the waiting letters now instead of next night."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.delivery.domain.print_batch import name_batch
from hub.kernel.clock_tick import TICK_DETAIL_TYPE
from hub.kernel.times import to_iso
from tools.segue.balance import scan
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.render import build_table
from tools.segue.session import get_session

TIMEOUT = 300
INTERVAL = 0.5
COLUMNS = ("batch", "letters", "recalled", "files")


def add_commands(app: typer.Typer) -> None:
    app.command("print")(print_letters)


def print_letters(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="A folder to fetch the files to.")] = None,
) -> None:
    """Print the waiting letters now, and show the batches."""
    session = get_session(context)
    hub = session.hub()
    waiting = {item["action_id"] for item in scan(hub, "Letters")}
    if not waiting:
        raise UserError("No letter waits to be printed.")
    with session.screen.step(f"Printing {len(waiting)} letters"):
        batches = print_now(hub, waiting)
    rows = [
        {
            "batch": manifest["batch"],
            "letters": len(manifest["letters"]),
            "recalled": len(manifest["recalled"]),
            "files": [*(download_files(hub, to, manifest) if to else manifest["files"].values())],
        }
        for manifest in batches
    ]
    table = build_table(
        COLUMNS, ((*list(row.values())[:3], "\n".join(row["files"])) for row in rows)
    )
    session.screen.show(table, rows)


def print_now(hub: Hub, waiting: set[str]) -> list[dict[str, Any]]:
    """Send the tick of the night, wait, and return the manifests of the run."""
    at = datetime.now(UTC).replace(microsecond=0)
    tick = {"detail-type": TICK_DETAIL_TYPE, "time": to_iso(at)}
    hub.sqs.send_message(QueueUrl=hub.output("LetterQueueUrl"), MessageBody=json.dumps(tick))
    deadline = time.monotonic() + TIMEOUT
    while waiting & {item["action_id"] for item in scan(hub, "Letters")}:
        if time.monotonic() > deadline:
            raise UserError("The letters are not printed yet: see `segue dlq show letter`.")
        time.sleep(INTERVAL)
    return [*_read_manifests(hub, f"print/{name_batch(at, 1).rpartition('-')[0]}-")]


def _read_manifests(hub: Hub, prefix: str) -> Iterator[dict[str, Any]]:
    bucket = hub.output("PrintBucket")
    pages = hub.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    for key in keys:
        if key.endswith("/manifest.json"):
            yield json.loads(hub.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def download_files(hub: Hub, folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Download the files of the batch and yield where each one is."""
    for key in manifest["files"].values():
        place = folder / Path(key).name
        place.parent.mkdir(parents=True, exist_ok=True)
        hub.s3.download_file(hub.output("PrintBucket"), key, str(place))
        yield str(place)
