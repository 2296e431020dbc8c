"""What `segue send` takes for a file to drop, and what for a webhook's payload."""

from typing import Any

import pytest

from tools.segue.sources import Source

CSV = {"format": "csv", "columns": ["a"]}


def source(*files: Any, webhook: bool = False) -> Source:
    scheme = {"webhook": {"scheme": "basic"}} if webhook else {}
    return Source("till", {"file": list(files), **scheme} if files else scheme)


@pytest.mark.parametrize(
    ("place", "dropped"),
    [
        ("day.csv", True),
        ("DAY.CSV", True),
        ("day.csv.gz", True),
        ("day.zip", True),
        ("-", False),
        ("payload.json", False),
    ],
)
def test_the_ending_decides_for_a_source_with_files_and_webhooks(
    place: str, *, dropped: bool
) -> None:
    assert source(CSV, webhook=True).is_file(place) is dropped


def test_the_ending_does_not_matter_for_a_source_with_only_one_of_them() -> None:
    assert source(CSV).is_file("-")
    assert not source(webhook=True).is_file("day.csv")


def test_a_format_has_its_usual_ending_unless_suffixes_are_given() -> None:
    assert source(CSV, {"format": "jsonl", "suffixes": [".log"]}).file_endings == (".csv", ".log")
    assert source(webhook=True).file_endings == ()
