"""The past of the deployed hub: decided again it comes out the same, and with a draft otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver
from tools.segue.catalogues import read_newest_number

DAYS = ("--days", "2")  # a run may go over midnight


@pytest.fixture(scope="module")
def archived(driver: HubDriver, segue: Segue) -> HubDriver:
    """Ann's and Bernd's welcome, and its delivery, lie in the archive."""
    for who in ("ann", "bernd"):
        driver.wait_for(
            f"{who} is archived with the outcome",
            lambda who=who: replayed(segue, who, driver)["decisions"] >= 2,  # type: ignore[misc]  # mypy takes no default of a lambda
        )
    return driver


def replayed(segue: Segue, who: str, driver: HubDriver) -> dict[str, Any]:
    said = segue("replay", *DAYS, "--customer", driver.get_email(who), "--json")
    told: dict[str, Any] = said.lines[-1]
    return told


def a_draft(folder: Path, *rules: dict[str, Any]) -> Path:
    file = folder / "draft.json"
    file.write_text(json.dumps({"rules": rules}))
    return file


def test_a_replay_decides_the_same_to_the_byte(archived: HubDriver, segue: Segue) -> None:
    said = segue("replay", *DAYS, "--json")
    [told] = said.lines
    assert told["first"] == []
    assert (said.code, told["differences"]) == (0, 0)
    assert told["decisions"] >= told["episodes"] >= 4
    shown = segue("replay", *DAYS, "--customer", archived.get_email("ann")).out
    assert "differences" in shown


def test_a_draft_is_tried_and_nothing_is_published(
    archived: HubDriver, segue: Segue, tmp_path: Path
) -> None:
    before = read_newest_number(archived.hub)
    draft = a_draft(tmp_path, {"rule_id": "welcome", "status": "paused"})
    said = segue("whatif", draft, *DAYS, "--json")
    assert said.code == 0, said.err
    [told] = said.lines
    welcome = told["messages"]["rule"]["welcome"]
    assert welcome["lost"] == welcome["live"] >= 2
    assert welcome["draft"] == welcome["gained"] == 0
    assert told["examples"][0]["before"] != told["examples"][0]["after"]
    assert read_newest_number(archived.hub) == before
    shown = segue("whatif", draft, *DAYS).out
    assert "welcome" in shown


def test_an_invalid_draft_is_refused_in_the_publishers_words(
    archived: HubDriver,  # noqa: ARG001 the catalogue is loaded
    segue: Segue,
    tmp_path: Path,
) -> None:
    rule = {"rule_id": "new", "strategy": "new", "event": "customer.signed_up"}
    bad = {**rule, "when": "customer.loyalty.teir == 'gold'", "then": []}
    said = segue("whatif", a_draft(tmp_path, bad))
    assert said.code == 1
    assert "rules/new" in said.err
    assert "did you mean" in said.err


def test_drafts_in_the_tables_can_be_tried(archived: HubDriver, segue: Segue) -> None:
    table = archived.hub.table("Rules")
    row = {"rule_id": "thanks", "strategy": "thanks", "event": "customer.signed_up"}
    then = [{"do": "append", "dataset": "thanked"}]
    table.put_item(Item={**row, "audience": "everybody", "then": then, "status": "draft"})
    try:
        said = segue("whatif", "--status", "draft", *DAYS, "--json")
    finally:
        table.delete_item(Key={"rule_id": "thanks"})
    assert said.code == 0, said.err
    assert said.lines[0]["messages"]["rule"]["thanks"]["gained"] >= 2
