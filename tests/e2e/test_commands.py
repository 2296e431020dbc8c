"""Every word of `segue --help`, said by a person to the deployed hub."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver
from tools.segue.local_home import ROOT

TRIED = {
    *("up", "stop", "run", "send", "tail", "explain", "balance", "dlq", "parked", "customer"),
    *("ask", "respond", "learned", "unknowns"),
    *("catalogue", "rollback", "bench", "identity", "replay", "whatif", "print"),
    *("preview", "audience", "report", "attribution", "erase"),
}
"""Some of them in the tests of what they are for."""


def test_every_command_is_tried(segue: Segue) -> None:
    helped = segue("--help").out
    commands = set(re.findall(r"^│ (\w+)  ", helped.partition("Commands")[2], re.MULTILINE))
    assert commands == TRIED


def test_up_keeps_what_runs(driver: HubDriver, segue: Segue) -> None:
    said = segue("up", "--json")
    assert said.code == 0, said.err
    assert said.lines[-1]["aws"] == driver.hub.endpoint


def test_stop_says_when_nothing_runs(segue: Segue, tmp_path: Path) -> None:
    said = segue("stop", "--home", tmp_path / "elsewhere")
    assert (said.code, "Nothing was running" in said.err) == (0, True)


def test_send_shows_what_the_entrance_said(segue: Segue) -> None:
    sample = ROOT / "schemas/sources/shop/samples/customer.created.json"
    assert segue("send", "shop", sample, "--json").lines[0]["status"] == 202
    refused = segue("send", "shop", sample, "--bad-signature")
    assert (refused.code, "401" in refused.out) == (1, True)
    unknown = segue("send", "shopp", sample)
    assert (unknown.code, "there are" in unknown.err) == (1, True)


def test_tail_shows_what_happens_and_ends(driver: HubDriver, segue: Segue) -> None:
    sample = ROOT / "schemas/sources/crm/samples/customer.changed.json"
    with subprocess.Popen(  # noqa: S603 our own command
        [ROOT / ".venv/bin/segue", *segue.arguments("tail", "--for", "20", "--json")],
        stdout=subprocess.PIPE,
        text=True,
    ) as tail:
        driver.wait_for("somebody listens", lambda: _listeners(driver))
        segue("send", "crm", sample)
        assert tail.stdout is not None
        lines = iter(tail.stdout)
        seen = next(line for line in lines if "customer.updated" in line and "decision" in line)
        assert "no rule listens" in seen
        tail.terminate()
        list(lines)
    driver.wait_for("nobody listens any more", lambda: not _listeners(driver))


def test_explain_tells_who_and_why(driver: HubDriver, segue: Segue) -> None:
    said = segue("explain", driver.get_email("bernd"), "--last", "100")
    assert said.code == 0
    assert "asked to send welcome" in " ".join(said.out.split())
    assert segue("explain", "nobody@example.com").code == 1


def test_customer_shows_each_block_with_its_origin_and_time(
    driver: HubDriver, segue: Segue
) -> None:
    (told,) = segue("customer", driver.get_email("bernd"), "--json").lines
    contact = told["blocks"]["contact"]
    assert contact["values"]["email"] == driver.get_email("bernd")
    assert contact["from"] == ["events"]
    shown = segue("customer", told["customer"]).out
    assert told["customer"] in shown
    assert contact["as_of"][:10] in shown
    assert segue("customer", "nobody@example.com").code == 1


def test_balance_counts_every_end(segue: Segue) -> None:
    (told,) = segue("balance", "--json").lines
    assert told["decided"]["shop"] >= 2
    assert told["actions"]["pending"] == 0


@pytest.mark.parametrize(
    "words", [("dlq",), ("dlq", "show", "email"), ("parked",), ("parked", "list")]
)
def test_the_lists_can_be_read_by_people_and_programs(segue: Segue, words: tuple[str, ...]) -> None:
    assert segue(*words).code == 0
    assert segue(*words, "--json").code == 0


def test_a_rollback_puts_the_rows_of_an_older_catalogue_back(
    driver: HubDriver, segue: Segue
) -> None:
    table, key = driver.hub.table("Rules"), {"rule_id": "welcome"}
    before, number = table.get_item(Key=key)["Item"], _newest(segue)
    table.put_item(Item={**before, "priority": 99})
    edited = driver.wait_for("the edit is published", lambda: _newest(segue, behind=number))
    assert segue("rollback", str(number)).code == 0
    driver.wait_for("the rollback is published", lambda: _newest(segue, behind=edited))
    assert table.get_item(Key=key)["Item"]["priority"] == before["priority"]


def _newest(segue: Segue, behind: int = 0) -> int:
    """The number of the newest catalogue; 0 while it is not behind that one."""
    (line,) = segue("catalogue", "--last", "1", "--json").lines
    told = line[0] if isinstance(line, list) else line
    return int(told["number"]) if told["number"] > behind else 0


def test_print_says_when_no_letter_waits(segue: Segue, tmp_path: Path) -> None:
    """tests/e2e/test_outlets.py checks what it prints."""
    said = segue("print", "--to", tmp_path)
    assert (said.code, "No letter waits" in said.err) == (1, True)


def test_bench_knows_its_parts(segue: Segue) -> None:
    said = segue("bench", "nothing")
    assert (said.code, "it is one of rules" in said.err) == (1, True)


def _listeners(driver: HubDriver) -> list[str]:
    rules = driver.hub.events.list_rules(EventBusName=driver.hub.output("BusName"))["Rules"]
    return [rule["Name"] for rule in rules if rule["Name"].startswith("segue-tail-")]
