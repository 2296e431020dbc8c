"""`segue catalogue` and `segue rollback` against the tables as moto plays them."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tools.segue import catalogues
from tools.segue.home import ToldError
from tools.segue.hub import Hub

REGION = "eu-west-1"
KEYS = {"Rules": "rule_id", "Templates": "template_id", "Catalogue": "name"}
WELCOME = {"rule_id": "welcome", "priority": 1, "status": "live"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        outputs = {f"{name}Table": name for name in KEYS} | {"CatalogueBucket": "published"}
        made = Hub(outputs, boto3.Session(region_name=REGION))
        for name, key in KEYS.items():
            made.dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            )
        place: Any = {"LocationConstraint": REGION}
        made.s3.create_bucket(Bucket="published", CreateBucketConfiguration=place)
        yield made


def publish(hub: Hub, number: int, **rules: dict[str, Any]) -> None:
    found = {
        "number": number,
        "at": f"2026-11-22T12:00:0{number}.000Z",
        "changes": {"rules": {"added": sorted(rules)}},
        "rows": {"rules": rules, "templates": {}},
    }
    body = json.dumps(found).encode()
    hub.s3.put_object(Bucket="published", Key=f"catalogue/{number:06d}.json", Body=body)
    hub.table("Catalogue").put_item(Item={"name": "newest", "number": number})


def test_the_last_publications_are_listed_newest_first(hub: Hub) -> None:
    for number in (1, 2, 3):
        publish(hub, number, welcome=WELCOME)
    found = list(catalogues.publications(hub, 2))
    assert [one["number"] for one in found] == [3, 2]
    assert catalogues.in_words(found[0]["changes"]) == "rules added: welcome"


def test_before_the_first_there_are_none(hub: Hub) -> None:
    assert list(catalogues.publications(hub, 5)) == []
    with pytest.raises(ToldError, match="There is no catalogue 1"):
        catalogues.roll_back(hub, 1)


def test_the_rows_of_an_earlier_catalogue_come_back(hub: Hub) -> None:
    publish(hub, 1, welcome={**WELCOME, "then": [{"do": "wait", "weight": 0.5}]})
    publish(hub, 2, welcome={**WELCOME, "priority": 9}, later={**WELCOME, "rule_id": "later"})
    typed: list[dict[str, Any]] = [
        {**WELCOME, "priority": 9},
        {**WELCOME, "rule_id": "later"},
        {"rule_id": "new"},
    ]
    for row in typed:
        hub.table("Rules").put_item(Item=row)
    edits = catalogues.roll_back(hub, 1)
    assert [(edit.key, edit.row is None) for edit in edits] == [("welcome", False), ("later", True)]
    rows = {str(row["rule_id"]): row for row in catalogues.rows(hub, "rules")}
    assert rows.keys() == {"welcome", "new"}
    assert rows["welcome"]["priority"] == 1
    assert catalogues.roll_back(hub, 1) == []
