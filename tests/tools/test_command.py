"""The command's own words: options anywhere, one sentence for a fault, no tracebacks."""

import json
from pathlib import Path

import pytest

from tools.segue.command import hoist_options, main


def test_global_options_may_stand_after_the_command() -> None:
    asked = ["dlq", "show", "email", "--json", "--stack", "Segue", "--region=eu-west-1"]
    assert hoist_options(asked) == [
        *("--json", "--stack", "Segue", "--region=eu-west-1"),
        *("dlq", "show", "email"),
    ]


def test_arguments_after_two_dashes_stay_there() -> None:
    assert hoist_options(["explain", "--", "--json"]) == ["explain", "--", "--json"]


@pytest.mark.parametrize(
    "words",
    [["balance"], ["dlq", "list"], ["parked", "replay"], ["explain", "ann@example.com"], ["tail"]],
)
def test_without_a_hub_every_command_says_how_to_start_one(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--home", str(tmp_path)]) == 1
    assert "start one with `segue up`" in capsys.readouterr().err


def test_an_error_is_json_for_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["balance", "--json", "--home", str(tmp_path)]) == 1
    assert "segue up" in json.loads(capsys.readouterr().out)["error"]


def test_an_unknown_source_is_refused_with_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "tlil", "-", "--home", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "'tlil'" in said
    assert "till" in said


def test_an_incomplete_record_of_a_crash_is_no_hub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hub.json").write_text('{"endpoint": "http')
    assert main(["balance", "--home", str(tmp_path)]) == 1
    assert "No hub is running" in capsys.readouterr().err
