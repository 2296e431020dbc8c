"""Recent episodes, on which the publisher tries rules."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.history.adapters.decision_archive import Archive
from hub.history.adapters.recorded_events import DAYS, MOST, OBJECTS_A_DAY, RecordedEvents
from hub.history.ports import RecordedEvents as Port
from hub.model.episode import RecordedEpisode
from tests import fakes, moto_resources
from tests.factories import NOON, a_customer, an_event
from tests.records import an_episode

Recording = Callable[[Sequence[RecordedEpisode]], Port]


def a_record(number: int = 1, event_type: str = "page.viewed", **fields: Any) -> RecordedEpisode:
    episode = an_episode(customer_id=f"c-{number}", version=1, **fields)
    event = an_event(event_type, f"e-{number}")
    before = replace(a_customer(version=1), customer_id=f"c-{number}")
    return RecordedEpisode(before, replace(episode, events=(event,)))


@pytest.fixture
def record(real: bool) -> Recording:
    def record_all(records: Sequence[RecordedEpisode]) -> Port:
        if not real:
            return fakes.RecordedEvents(*records)
        archive = Archive(moto_resources.bucket("archive"))
        archive.store(records)
        return RecordedEvents(archive, lambda: NOON)

    return record_all


class TestRecordedEvents:
    def test_an_empty_archive_has_no_recent_episodes(self, record: Recording) -> None:
        assert list(record([]).read_recent("page.viewed")) == []

    def test_episodes_are_found_by_the_type_of_their_events(self, record: Recording) -> None:
        viewed, left = a_record(), a_record(2, "cart.abandoned")
        recent = record([viewed, left])
        assert list(recent.read_recent("page.viewed")) == [viewed]
        assert list(recent.read_recent("cart.abandoned")) == [left]


@pytest.mark.usefixtures("in_aws")
def test_only_the_last_days_are_read_the_latest_first() -> None:
    archive = Archive(moto_resources.bucket("archive"))
    days = (0, 1, DAYS - 1, DAYS)
    archive.store([a_record(n, decided_at=NOON - timedelta(days=n)) for n in days])
    recent = RecordedEvents(archive, lambda: NOON).read_recent("page.viewed")
    assert [record.episode.customer_id for record in recent] == ["c-0", "c-1", f"c-{DAYS - 1}"]


@pytest.mark.usefixtures("in_aws")
def test_a_full_archive_is_not_read_to_its_end() -> None:
    archive = Archive(moto_resources.bucket("archive"))
    for batch in range(OBJECTS_A_DAY + 5):
        archive.store([a_record(batch)])
    recent = RecordedEvents(archive, lambda: NOON)
    assert len(recent.read_recent("page.viewed")) == OBJECTS_A_DAY
    archive.store([a_record(1000 + n) for n in range(MOST)])
    assert len(RecordedEvents(archive, lambda: NOON).read_recent("page.viewed")) <= MOST
