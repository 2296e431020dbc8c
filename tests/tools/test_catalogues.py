"""`segue catalogue` and `segue rollback` against the tables as moto plays them."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.platform.adapters import clock
from hub.publishing.adapters.catalogue_rows_table import CatalogueRows
from hub.publishing.adapters.rollback_request import RollbackRequests
from hub.publishing.domain.tables import TABLES
from hub.publishing.steps.roll_back_catalogue import roll_back_catalogue
from tests.tools.moto_hub import a_hub
from tools.segue import catalogues
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

KEYS = {name.title(): table.key for name, table in TABLES.items()} | {"Catalogue": "name"}
WELCOME = {"rule_id": "welcome", "priority": 1, "status": "live"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with a_hub(monkeypatch, KEYS, "published", "CatalogueBucket") as made:
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


def the_guard_looks(hub: Hub) -> None:
    """As it does when its stream tells it of a wish."""
    tables = {name: (hub.table(name.title()).name, table.key) for name, table in TABLES.items()}
    store = CatalogueStore("Catalogue", "published")
    roll_back_catalogue(
        CatalogueRows(tables), store, RollbackRequests("Catalogue"), lambda _: None, clock.now
    )


def test_the_last_publications_are_listed_newest_first(hub: Hub) -> None:
    for number in (1, 2, 3):
        publish(hub, number, welcome=WELCOME)
    found = list(catalogues.list_publications(hub, 2))
    assert [one["number"] for one in found] == [3, 2]
    assert catalogues.format_changes(found[0]["changes"]) == "rules added: welcome"


def test_no_publication_is_listed_before_the_first(hub: Hub) -> None:
    assert list(catalogues.list_publications(hub, 5)) == []
    with pytest.raises(UserError, match="There is no catalogue 1"):
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
    told = catalogues.roll_back(hub, 1, partial(the_guard_looks, hub))
    assert (told["put"], told["deleted"]) == (["rules/welcome"], ["rules/later"])
    rows = {str(row["rule_id"]): row for row in catalogues.read_rows(hub, "rules")}
    assert rows.keys() == {"welcome", "new"}
    assert rows["welcome"]["priority"] == 1
    assert catalogues.roll_back(hub, 1, partial(the_guard_looks, hub))["edits"] == 0


def test_the_publishers_refusal_is_shown(hub: Hub) -> None:
    publish(hub, 1, welcome=WELCOME)
    publish(hub, 2, welcome=WELCOME)
    hub.s3.delete_object(Bucket="published", Key="catalogue/000001.json")
    with pytest.raises(UserError, match="NoSuchKey"):
        catalogues.roll_back(hub, 1, partial(the_guard_looks, hub))


def test_a_publisher_that_does_not_answer_is_an_error(hub: Hub) -> None:
    publish(hub, 1, welcome=WELCOME)
    with pytest.raises(UserError, match="did not answer"):
        catalogues.roll_back(hub, 1, lambda: None)
