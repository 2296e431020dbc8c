"""`segue audience`: the customers for whom an expression holds."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from heapq import nsmallest
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hub.audiences.domain.audience import Audience, AudienceRun, audience_from_row
from hub.audiences.steps.refresh_audiences import audience_key
from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy.holdout import hash_to_unit_interval
from hub.catalogue.domain.row_reader import InvalidRow
from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.steps.attach_refusals import AttachRefusals, ScanWithRefusals
from hub.kernel.csv_safe import to_csv_line
from hub.kernel.digest import digest
from hub.profile.adapters.customer_scan import CustomerScan
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from tools.segue import catalogues, render
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.screen import Step
from tools.segue.session import get_session

_PROGRESS_EVERY = 500
Row = Sequence[object]


def add_commands(app: typer.Typer) -> None:
    app.command()(audience)


def audience(
    context: typer.Context,
    expression: Annotated[
        str, typer.Argument(help="Of customers, as in rules: \"customer.loyalty.tier == 'gold'\".")
    ],
    *,
    channel: Annotated[
        str, typer.Option(help="Only customers who may be contacted there, with the address.")
    ] = "",
    purpose: Annotated[str, typer.Option(help="What they must have consented to.")] = "marketing",
    columns: Annotated[
        list[str] | None, typer.Option(help="Fields: customer.person.first_name,...; repeatable.")
    ] = None,
    sample: Annotated[int, typer.Option(min=0, max=1000, help="How many to show.")] = 5,
    csv: Annotated[Path | None, typer.Option(help="Write the list to this file.")] = None,
    s3: Annotated[bool, typer.Option("--s3", help="Store it in the bucket of lists.")] = False,
) -> None:
    """Show for whom an expression holds: how many, a few of them, and the whole list as CSV."""
    session = get_session(context)
    hub, now = session.hub(), datetime.now(UTC)
    wanted = _build_audience(expression, channel, purpose, columns or ())
    listing = AudienceRun(wanted, now, read_policies(catalogues.read_current(hub)))
    with session.screen.step("Reading all customers") as step, ExitStack() as files:
        file = files.enter_context(_open_file(csv))
        rows = _write_rows(listing, hub, file, step)
        sampled_rows = nsmallest(
            sample, rows, key=lambda row: hash_to_unit_interval("sample", str(row[0]))
        )
        key = _upload(hub, file, audience_key(wanted, now, UTC)) if s3 else ""
        step.done = f"Read {listing.counts.scanned:,} customers"
    data: dict[str, Any] = {
        **listing.counts.to_dict(),
        "header": wanted.header,
        "sample": sampled_rows,
    }
    session.screen.show(
        _render(listing, sampled_rows, key), {**data, **({"key": key} if key else {})}
    )


def _build_audience(
    expression: str, channel: str, purpose: str, columns: Sequence[str]
) -> Audience:
    row = {
        "audience_id": f"asked-{digest(expression, 6)}",
        "expression": expression,
        "channel": channel,
        "purpose": purpose,
        "columns": [name.strip() for text in columns for name in text.split(",")],
    }
    try:
        return audience_from_row(row, load_declared_fields())
    except InvalidRow as refused:
        raise UserError("\n".join(refused.problems)) from refused


def _open_file(place: Path | None) -> IO[bytes]:
    return place.open("w+b") if place else SpooledTemporaryFile(max_size=8 * 1024 * 1024)


def _write_rows(listing: AudienceRun, hub: Hub, file: IO[bytes], step: Step) -> Iterator[Row]:
    """Yield the rows and write each to the file."""
    file.write(to_csv_line(listing.audience.header))
    refusals = AddressRefusalTable(hub.output("AddressRefusalsTable"), lambda: hub.items)
    everybody = ScanWithRefusals(
        CustomerScan(hub.output("CustomersTable"), lambda: hub.items),
        AttachRefusals(refusals).on([listing.audience.channel]),
    )
    for customer in everybody.scan():
        if row := listing.select_row(customer):
            file.write(to_csv_line(row))
            yield row
        if listing.counts.scanned % _PROGRESS_EVERY == 0:
            step.report(
                f"{listing.counts.scanned:,} customers, {listing.counts.count:,} on the list"
            )


def _upload(hub: Hub, file: IO[bytes], key: str) -> str:
    file.seek(0)
    hub.s3.put_object(Bucket=hub.output("AudiencesBucket"), Key=key, Body=file)
    return key


def _render(listing: AudienceRun, sample: Sequence[Row], key: str) -> RenderableType:
    tally = listing.counts
    counted = f"{tally.count:,} of {tally.scanned:,} customers are on the list"
    pieces: list[RenderableType] = [Text(counted, style="bold")]
    if left_out := tally.left_out.most_common():
        pieces.append(
            render.build_table(("left out", "because"), [(n, why) for why, n in left_out])
        )
    if sample:
        cells = (["" if cell is None else cell for cell in row] for row in sample)
        pieces += [Text(), render.build_table(listing.audience.header, cells, "Some of them")]
    return Group(*pieces, *([Text(f"stored as {key}", style="dim")] if key else []))
