"""Replays an archive that an earlier release recorded: every decision comes out the same, byte for
byte.

`record_archive.py` says what the archive holds and how it was recorded. A failure here means that
this release decides otherwise than the one before it, on every hub that has an archive.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import compile_catalogue, load_compiled_catalogue
from hub.identity.domain.merge_profiles import merge_profiles
from hub.identity.domain.merge_record import MergeRecord
from hub.kernel.canonical_json import to_canonical_json
from hub.model.episode import RecordedEpisode
from hub.profile.adapters.customer_table import size_in_bytes
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from hub.simulation.domain.replay import Difference
from hub.simulation.steps.replay_archive import ReplayArchive
from hub.surroundings.domain.surroundings import Surroundings

DATA = Path(__file__).parent / "data" / "replay"
RECORDED: Mapping[str, Any] = json.loads((DATA / "recorded.json").read_text("utf-8"))
SCENARIOS = tuple(RECORDED["files"])
ACTIVITY_BLOCKS = ("recent", "activity", "amounts", "processed", "marked", "owing")
STORED_OTHERWISE = (
    *(f"after.{block}" for block in ACTIVITY_BLOCKS),
    *("after.limits.contacts", "after.limits.page_contacts"),
    *("after.limits.goals", "after.limits.suppressed"),
    *("after.business_keys", "after.mart.days", "after.owing.touches"),
)
"""Version 0.3.0 stores these blocks in another form, and keeps 300 goals and suppressions instead
of 100. It keeps business keys and the days of sales for longer, and sorts the messages of two
customers who are merged."""
NAMES_ORDER = re.compile(r"after\.owing\.lines\[\d+\]\[11\]")
"""Version 0.3.0 stores whether a return names its order."""


def is_stored_otherwise(difference: Difference) -> bool:
    """Whether only the stored form changed. A customer without `mart` gets one with `days` only. A
    larger customer keeps fewer interests."""
    if difference.field == "after.mart":
        return difference.was == "absent" and set(json.loads(difference.now)) == {"days"}
    return (
        difference.field.startswith((*STORED_OTHERWISE, "after.interests", "after.as_of.interests"))
        or NAMES_ORDER.fullmatch(difference.field) is not None
    )


def without_activity(customer: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: block for name, block in customer.items() if name not in ACTIVITY_BLOCKS}
    if limits := kept.get("limits"):
        contacts = ("contacts", "page_contacts")
        kept["limits"] = {name: value for name, value in limits.items() if name not in contacts}
    return kept


def lines_of(name: str) -> list[bytes]:
    return gzip.decompress((DATA / f"{name}.jsonl.gz").read_bytes()).splitlines()


@cache
def records_of(scenario: str) -> tuple[RecordedEpisode, ...]:
    """Customer by customer, in the order of their versions."""
    return tuple(RecordedEpisode.from_dict(orjson.loads(line)) for line in lines_of(scenario))


def all_records() -> Iterator[RecordedEpisode]:
    for scenario in SCENARIOS:
        yield from records_of(scenario)


@cache
def snapshots() -> Mapping[int, Mapping[str, Any]]:
    """The published catalogues by number."""
    return {snapshot["number"]: snapshot for snapshot in map(json.loads, lines_of("catalogues"))}


@cache
def compiled(number: int) -> Catalogue:
    """The catalogue as a replay reads it."""
    return Catalogue.from_snapshot(snapshots()[number])


@cache
def prebuilt(number: int) -> Catalogue:
    """The catalogue as `decide` loads it."""
    catalogue = load_compiled_catalogue(compile_catalogue(snapshots()[number]))
    assert catalogue is not None
    return catalogue


@cache
def facts_by_name() -> Mapping[str, Any]:
    return {line["name"]: line["facts"] for line in map(json.loads, lines_of("surroundings"))}


@cache
def surroundings_of(name: str) -> Surroundings:
    return Surroundings.from_dict(facts_by_name()[name] if name else {})


@pytest.mark.parametrize("catalogue_of", [compiled, prebuilt])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_decision_and_every_state_after_it_is_the_same(
    scenario: str, catalogue_of: Callable[[int], Catalogue]
) -> None:
    replayer = ReplayArchive(catalogue_of, surroundings_of, size_in_bytes)
    replayed = list(replayer(records_of(scenario)))
    assert len(replayed) == RECORDED["files"][scenario]
    differences = [difference for _, found in replayed for difference in found]
    assert [d for d in differences if not is_stored_otherwise(d)][:3] == []


def test_the_bytes_of_all_decisions_have_the_recorded_digest() -> None:
    digest = hashlib.sha256()
    for record in all_records():
        for decision in record.episode.decisions:
            digest.update(f"{to_canonical_json(decision.to_dict())}\n".encode())
    assert digest.hexdigest() == RECORDED["sha256"]


def test_no_episode_event_or_decision_is_missing() -> None:
    episodes = [record.episode for record in all_records()]
    assert len(episodes) == RECORDED["episodes"]
    assert sum(len(episode.events) for episode in episodes) == RECORDED["events"]
    assert sum(len(episode.decisions) for episode in episodes) == RECORDED["decisions"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_record_is_written_as_it_was_read(scenario: str) -> None:
    """A field that is no longer read would be missing on both sides of a replay."""
    for line, record in zip(lines_of(scenario), records_of(scenario), strict=True):
        written, stored = record.to_dict(), orjson.loads(line)
        for episode in (written, stored):
            if episode["before"]:
                episode["before"] = without_activity(episode["before"])
        assert to_canonical_json(written) == to_canonical_json(stored)


def test_surroundings_are_named_by_their_content() -> None:
    assert len(facts_by_name()) == RECORDED["surroundings"]
    assert all(surroundings_of(name).name == name for name in facts_by_name())


def test_every_merge_makes_the_same_customer() -> None:
    lines = [orjson.loads(line) for line in lines_of("merges")]
    assert len(lines) == RECORDED["merges"]
    for line in lines:
        merge = MergeRecord.from_dict(line["merge"])
        merged = merge_profiles(merge.survivor, merge.absorbed, merge.dialogues)
        survivor = trim_to_limit(merged, size_in_bytes, STATE_LIMIT)
        assert without_activity(survivor.to_dict()) == without_activity(line["survivor"])
