"""`segue audience` against the tables and the bucket as moto plays them."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from hub.kernel.contact_details.address_key import make_address_key
from tests.tools.moto_hub import a_hub
from tools.segue.command import app
from tools.segue.commands.audience import audience
from tools.segue.hub import Hub
from tools.segue.local_home import Home, UserError
from tools.segue.screen import Screen
from tools.segue.session import Session

GOLD = "customer.loyalty.tier == 'gold'"
TABLES = {"AddressRefusals": "address", "Customers": "customer_id", "Catalogue": "name"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with a_hub(monkeypatch, TABLES, "lists", "AudiencesBucket") as made:
        for number in range(6):
            tier = "gold" if number % 2 else "silver"
            state = {"customer_id": f"c-{number}", "loyalty": {"tier": tier}}
            item = {"customer_id": f"c-{number}", "state": json.dumps(state)}
            made.table("Customers").put_item(Item=item)
        yield made


@pytest.fixture
def context(hub: Hub, tmp_path: Path) -> typer.Context:
    class Here(Session):
        def hub(self) -> Hub:
            return hub

    return typer.Context(get_command(app), obj=Here(Screen(json=True), Home(tmp_path)))


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_list_is_counted_shown_and_written_here_and_there(
    context: typer.Context, hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gold.csv"
    audience(
        context, GOLD, columns=["customer.loyalty.tier, customer.place.city"], csv=file, s3=True
    )
    said = told(capsys)
    assert (said["scanned"], said["count"], said["left_out"]) == (6, 3, {})
    assert sorted(row[0] for row in said["sample"]) == ["c-1", "c-3", "c-5"]
    with file.open(newline="") as text:
        header, *rows = csv.reader(text)
    assert header == said["header"]
    assert sorted(rows) == [[f"c-{number}", "gold", ""] for number in (1, 3, 5)]
    kept = hub.s3.get_object(Bucket="lists", Key=said["key"])["Body"].read()
    assert kept == file.read_bytes()


def test_a_sample_is_always_the_same(
    context: typer.Context, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = []
    for _ in range(2):
        audience(context, GOLD, sample=2)
        samples.append(told(capsys)["sample"])
    assert samples[0] == samples[1]
    assert len(samples[0]) == 2


def test_the_list_of_a_channel_counts_left_out_customers_by_reason(
    context: typer.Context, capsys: pytest.CaptureFixture[str]
) -> None:
    audience(context, GOLD, channel="email")
    said = told(capsys)
    assert said["left_out"] == {"no consent to marketing messages by email": 3}
    assert said["count"] == 0


def test_an_invalid_expression_is_refused_before_customers_are_read(
    context: typer.Context,
) -> None:
    with pytest.raises(UserError, match="there is no event here"):
        audience(context, "event.amount > 5")


def test_an_address_that_refused_is_left_out(
    context: typer.Context, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    state = {
        "customer_id": "c-1",
        "contact": {"email": "ann@example.com"},
        "loyalty": {"tier": "gold"},
        "consent": {"email": {"marketing": True}},
    }
    hub.table("Customers").put_item(Item={"customer_id": "c-1", "state": json.dumps(state)})
    proof = "2026-11-22T12:00:00.000Z refused ses e-1"
    key = make_address_key("email", "ann@example.com")
    hub.table("AddressRefusals").put_item(Item={"address": key, "marketing": proof})
    audience(context, GOLD, channel="email")
    said = told(capsys)
    assert said["count"] == 0
    assert said["left_out"]["the address refused marketing on email at 2026-11-22T12:00:00.000Z"]
