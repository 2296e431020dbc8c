"""`segue learned` against the tables as moto plays them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import boto3
import pytest
import typer
from moto import mock_aws
from rich.console import Console

from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure, Feedback, merge_increments
from tools.segue import catalogues, learned_counters
from tools.segue.commands import learned
from tools.segue.hub import Hub
from tools.segue.local_home import UserError, resolve_home
from tools.segue.screen import Screen
from tools.segue.session import Session

REGION = "eu-west-1"
TABLES = {"Learned": ("offer", "cell"), "Catalogue": ("name",)}
NOW = datetime.now(UTC)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        outputs = {f"{name}Table": name for name in TABLES} | {"CatalogueBucket": "published"}
        made = Hub(outputs, boto3.Session(region_name=REGION))
        for name, keys in TABLES.items():
            schema: Any = zip(keys, ("HASH", "RANGE"), strict=False)
            made.dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k in keys],
                KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in schema],
            )
        place: Any = {"LocationConstraint": REGION}
        made.s3.create_bucket(Bucket="published", CreateBucketConfiguration=place)
        yield made


def teach(hub: Hub, arm: Arm, answered: int, shown: int, tier: str = "gold") -> None:
    """As the function `learn` would have."""
    showing = Exposure(arm, (f"tier={tier}",), NOW)
    for one in merge_increments([Feedback("l", showing, shown, answered)]):
        hub.table("Learned").update_item(
            Key={"offer": one.key.offer, "cell": one.key.cell},
            UpdateExpression="ADD " + ", ".join(f"#{at} :{at}" for at in range(len(one.sums))),
            ExpressionAttributeNames={f"#{at}": name for at, name in enumerate(one.sums)},
            ExpressionAttributeValues={f":{at}": n for at, n in enumerate(one.sums.values())},
        )


def publish(hub: Hub, **policy: Any) -> None:
    """A catalogue with this row of the learner's."""
    row = {"policy_id": "learning", "kind": "learning", "status": "live", **policy}
    found = {"number": 1, "rows": {"policies": {"learning": row}}}
    body = json.dumps(found).encode()
    hub.s3.put_object(Bucket="published", Key="catalogue/000001.json", Body=body)
    hub.table("Catalogue").put_item(Item={"name": "newest", "number": 1})


@pytest.fixture
def taught(hub: Hub) -> Hub:
    teach(hub, Arm("mens", "email"), 80, 400)
    teach(hub, Arm("mens", "call"), 5, 10)
    teach(hub, Arm("womens", "email"), 20, 400, "basic")
    return hub


def test_each_offer_is_a_row_after_that_of_its_channel(taught: Hub) -> None:
    rows = learned_counters.list_offers(learned_counters.read_beliefs(taught), "")
    assert [(row["channel"], row["offer"]) for row in rows] == [
        ("call", learned_counters.EVERY_OFFER),
        ("call", "mens"),
        ("email", learned_counters.EVERY_OFFER),
        ("email", "mens"),
        ("email", "womens"),
    ]
    assert rows[2]["trials"] == pytest.approx(800, rel=1e-2)
    assert rows[3]["rate"] == pytest.approx(0.2)
    assert 0.1 < rows[4]["low"] / rows[4]["shrunk"] < 1 < rows[4]["high"] / rows[4]["shrunk"] < 3


def test_an_offer_is_explained_bin_by_bin(taught: Hub) -> None:
    known = learned_counters.read_beliefs(taught, "mens")
    rows = learned_counters.explain_offer(known, "mens", "email")
    assert [row["what"] for row in rows] == ["catalogue", "offer", "tier=basic", "tier=gold"]
    assert all({"trials", "successes", "rate", "towards", "shrunk"} <= row.keys() for row in rows)
    assert rows[3]["effect"] > rows[2]["effect"]
    assert {row["channel"] for row in learned_counters.explain_offer(known, "mens", "")} == {
        "call",
        "email",
    }


def test_counters_are_read_with_the_newest_catalogues_learner(taught: Hub) -> None:
    assert learned_counters.read_learner(taught).expected == 0.1
    publish(taught, expected=0.02, half_life="7d")
    assert catalogues.read_newest_number(taught) == 1
    known = learned_counters.read_beliefs(taught)
    assert known.learner.half_life == timedelta(days=7)
    assert learned_counters.list_offers(known, "") == [], "another half-life begins anew"


def test_an_unknown_offer_is_refused_with_the_nearest_one(hub: Hub) -> None:
    assert "The hub has learned nothing yet" in str(
        learned_counters.explain_absence(hub, "mens", "")
    )
    teach(hub, Arm("mens", "email"), 2, 4)
    assert "did you mean mens?" in str(learned_counters.explain_absence(hub, "mesn", ""))
    assert "only on email" in str(learned_counters.explain_absence(hub, "mens", "call"))


@dataclass(frozen=True)
class Connected(Session):
    """Whose hub is found already."""

    found: Hub | None = None

    def hub(self) -> Hub:
        assert self.found
        return self.found


def said(hub: Hub, *words: str, as_json: bool = False) -> str:
    """By the command on this hub."""
    app = typer.Typer()
    learned.add_commands(app)
    screen = Screen(as_json, out=Console(width=80, file=StringIO()))
    app(words, obj=Connected(screen, resolve_home(), found=hub), standalone_mode=False)
    assert isinstance(screen.out.file, StringIO)
    return screen.out.file.getvalue()


def test_the_command_shows_a_table_or_json(taught: Hub) -> None:
    assert all(word in said(taught) for word in ("every offer", "womens", "5.00", "30 days"))
    assert all(
        word in said(taught, "mens") for word in ("call: 95 of 100 samples", "tier=gold", " x 1.")
    )
    told = json.loads(said(taught, "mens", "--channel", "email", as_json=True))
    assert (told["half_life"], told["expected"]) == (30, 0.1)
    assert [row["what"] for row in told["rows"]][:2] == ["catalogue", "offer"]
    with pytest.raises(UserError, match="did you mean mens"):
        said(taught, "mesn")
