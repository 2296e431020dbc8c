"""The publisher on the deployed stack: stories, restrictive changes, rollback."""

from typing import Any

import pytest

from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver

GREETING: dict[str, Any] = {
    "rule_id": "story-greeting",
    "strategy": "story_greeting",
    "event": "interest.noted",
    "when": "event.topic == 'coffee'",
    "then": [{"do": "append", "dataset": "interests"}],
    "move_to": "noted",
    "edited_by": "ann",
    "status": "live",
}
STORY: dict[str, Any] = {
    "story_id": "story-greeting",
    "given": {"loyalty.tier": "gold"},
    "when": {"type": "interest.noted", "properties": {"topic": "coffee"}},
    "then": {"states": {"story_greeting": "noted"}},
    "status": "live",
}


def row(driver: HubDriver, table: str, name: str, value: str) -> dict[str, Any]:
    return dict(driver.hub.table(table).get_item(Key={name: value}).get("Item", {}))


def told(driver: HubDriver, table: str, name: str, value: str) -> dict[str, Any]:
    found: Any = row(driver, table, name, value).get("published", {})
    return dict(found)


def of_rule(driver: HubDriver, status: str) -> dict[str, Any]:
    found = told(driver, "Rules", "rule_id", GREETING["rule_id"])
    return found if found.get("status") == status else {}


def pointer(driver: HubDriver) -> dict[str, Any]:
    return row(driver, "Catalogue", "name", "newest")


@pytest.fixture
def greeting(driver: HubDriver) -> Any:
    """The rule and its story, published; taken out again, the story first."""
    driver.hub.table("Rules").put_item(Item=GREETING)
    driver.wait_for("the rule is published", lambda: of_rule(driver, "live"))
    driver.hub.table("Stories").put_item(Item=STORY)
    key = "Stories", "story_id", STORY["story_id"]
    driver.wait_for("its story holds", lambda: told(driver, *key).get("status") == "live")
    yield
    driver.hub.table("Stories").delete_item(Key={"story_id": STORY["story_id"]})
    driver.hub.table("Rules").delete_item(Key={"rule_id": GREETING["rule_id"]})


@pytest.mark.usefixtures("greeting")
def test_a_failing_story_stops_an_edit_but_not_a_restriction(
    driver: HubDriver, segue: Segue
) -> None:
    before = pointer(driver)["number"]
    driver.hub.table("Rules").put_item(Item=GREETING | {"when": "event.topic == 'tea'"})
    held = driver.wait_for("the edit is held back", lambda: of_rule(driver, "held back"))
    assert held["problems"] == ["held back by story story-greeting: see there"]
    story = told(driver, "Stories", "story_id", STORY["story_id"])
    assert story["status"] == "failed"
    assert story["problems"][0].endswith("expected the state 'noted', got no dialogue")
    assert pointer(driver)["number"] == before
    paused = GREETING | {"when": "event.topic == 'tea'", "status": "paused"}
    driver.hub.table("Rules").put_item(Item=paused)
    driver.wait_for("the brake works all the same", lambda: pointer(driver)["number"] > before)
    (newest,) = segue("catalogue", "--last", "1", "--json").lines
    newest = newest[0] if isinstance(newest, list) else newest
    assert newest["by"] == ["ann"]
    assert newest["changes"] == {"rules": {"changed": [GREETING["rule_id"]]}}


@pytest.mark.usefixtures("greeting")
def test_one_attribute_rolls_back(driver: HubDriver) -> None:
    wanted = int(pointer(driver)["number"])
    driver.hub.table("Rules").put_item(Item=GREETING | {"priority": 7})
    driver.wait_for("an edit is published", lambda: pointer(driver)["number"] > wanted)
    wish(driver, wanted)
    item = driver.wait_for("it is answered", lambda: answered(driver))
    assert item["rolled_back"]["to"] == wanted
    assert "rules/story-greeting" in item["rolled_back"]["put"]
    assert "priority" not in row(driver, "Rules", "rule_id", GREETING["rule_id"])
    wish(driver, "the day before yesterday")
    item = driver.wait_for("nonsense is answered too", lambda: answered(driver))
    assert "it must be a whole number" in item["rollback_refused"]


def wish(driver: HubDriver, to: int | str) -> None:
    driver.hub.table("Catalogue").update_item(
        Key={"name": "newest"},
        UpdateExpression="SET roll_back_to = :to",
        ExpressionAttributeValues={":to": to},
    )


def answered(driver: HubDriver) -> dict[str, Any]:
    item = pointer(driver)
    return {} if "roll_back_to" in item else item
