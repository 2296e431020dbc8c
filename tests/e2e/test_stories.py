"""What the guard owes to marketers, on the deployed stack: stories, brakes, rolling back."""

from typing import Any

import pytest

from tests.e2e.conftest import Segue
from tools.day.day_run import Stage

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


def row(stage: Stage, table: str, name: str, value: str) -> dict[str, Any]:
    return dict(stage.hub.table(table).get_item(Key={name: value}).get("Item", {}))


def told(stage: Stage, table: str, name: str, value: str) -> dict[str, Any]:
    found: Any = row(stage, table, name, value).get("published", {})
    return dict(found)


def of_rule(stage: Stage, status: str) -> dict[str, Any]:
    found = told(stage, "Rules", "rule_id", GREETING["rule_id"])
    return found if found.get("status") == status else {}


def pointer(stage: Stage) -> dict[str, Any]:
    return row(stage, "Catalogue", "name", "newest")


@pytest.fixture
def greeting(stage: Stage) -> Any:
    """The rule and its story, published; taken out again, the story first."""
    stage.hub.table("Rules").put_item(Item=GREETING)
    stage.until("the rule is published", lambda: of_rule(stage, "live"))
    stage.hub.table("Stories").put_item(Item=STORY)
    key = "Stories", "story_id", STORY["story_id"]
    stage.until("its story holds", lambda: told(stage, *key).get("status") == "live")
    yield
    stage.hub.table("Stories").delete_item(Key={"story_id": STORY["story_id"]})
    stage.hub.table("Rules").delete_item(Key={"rule_id": GREETING["rule_id"]})


@pytest.mark.usefixtures("greeting")
def test_a_story_that_fails_holds_an_edit_back_and_a_brake_works(
    stage: Stage, segue: Segue
) -> None:
    before = pointer(stage)["number"]
    stage.hub.table("Rules").put_item(Item=GREETING | {"when": "event.topic == 'tea'"})
    held = stage.until("the edit is held back", lambda: of_rule(stage, "held back"))
    assert held["problems"] == ["held back by story story-greeting: see there"]
    story = told(stage, "Stories", "story_id", STORY["story_id"])
    assert story["status"] == "failed"
    assert story["problems"][0].endswith("expected the state 'noted', got no dialogue")
    assert pointer(stage)["number"] == before
    paused = GREETING | {"when": "event.topic == 'tea'", "status": "paused"}
    stage.hub.table("Rules").put_item(Item=paused)
    stage.until("the brake works all the same", lambda: pointer(stage)["number"] > before)
    (newest,) = segue("catalogue", "--last", "1", "--json").lines
    newest = newest[0] if isinstance(newest, list) else newest
    assert newest["by"] == ["ann"]
    assert newest["changes"] == {"rules": {"changed": [GREETING["rule_id"]]}}


@pytest.mark.usefixtures("greeting")
def test_one_attribute_rolls_back(stage: Stage) -> None:
    wanted = int(pointer(stage)["number"])
    stage.hub.table("Rules").put_item(Item=GREETING | {"priority": 7})
    stage.until("an edit is published", lambda: pointer(stage)["number"] > wanted)
    wish(stage, wanted)
    item = stage.until("it is answered", lambda: answered(stage))
    assert item["rolled_back"]["to"] == wanted
    assert "rules/story-greeting" in item["rolled_back"]["put"]
    assert "priority" not in row(stage, "Rules", "rule_id", GREETING["rule_id"])
    wish(stage, "the day before yesterday")
    item = stage.until("nonsense is answered too", lambda: answered(stage))
    assert "it wants a whole number" in item["rollback_refused"]


def wish(stage: Stage, to: int | str) -> None:
    stage.hub.table("Catalogue").update_item(
        Key={"name": "newest"},
        UpdateExpression="SET roll_back_to = :to",
        ExpressionAttributeValues={":to": to},
    )


def answered(stage: Stage) -> dict[str, Any]:
    item = pointer(stage)
    return {} if "roll_back_to" in item else item
