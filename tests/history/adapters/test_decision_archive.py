"""The archive: everything that a replay needs, by day."""

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.history.adapters.decision_archive import Archive
from hub.history.ports import Archive as Port
from hub.kernel.errors import Rejected
from hub.model.episode import RecordedEpisode
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON, a_customer
from tests.records import an_episode

DAY = NOON.date()


def a_record(customer: str = "c-1", version: int = 1, **fields: Any) -> RecordedEpisode:
    episode = an_episode(customer_id=customer, version=version, **fields)
    return RecordedEpisode(replace(a_customer(version=version), customer_id=customer), episode)


@pytest.fixture
def archive(real: bool) -> Port:
    return Archive(moto_resources.bucket("archive")) if real else fakes.Archive()


class TestArchive:
    def test_records_are_read_back_by_their_day(self, archive: Port) -> None:
        archive.store([a_record(), a_record("c-2")])
        assert sorted(r.episode.customer_id for r in archive.read_records(DAY)) == ["c-1", "c-2"]
        assert a_record() in list(archive.read_records(DAY))

    def test_a_first_episode_has_an_empty_customer_before_it(self, archive: Port) -> None:
        archive.store([a_record(version=0)])
        [record] = archive.read_records(DAY)
        assert record.before.version == 0
        assert record.before.contact == {}

    def test_a_batch_over_midnight_is_stored_in_both_days(self, archive: Port) -> None:
        archive.store([a_record(), a_record(version=2, decided_at=NOON + timedelta(days=1))])
        assert [r.episode.version for r in archive.read_records(DAY)] == [1]
        assert [r.episode.version for r in archive.read_records(DAY + timedelta(days=1))] == [2]

    def test_a_day_without_decisions_is_empty(self, archive: Port) -> None:
        assert list(archive.read_records(DAY)) == []

    def test_a_batch_stored_again_replaces_itself(self, archive: Port) -> None:
        records = [a_record(), a_record("c-2")]
        archive.store(records)
        archive.store(records[::-1])
        assert len(list(archive.read_records(DAY))) == len(records)

    def test_surroundings_are_found_by_their_name(self, archive: Port) -> None:
        facts = {"stock": {"cups": {"available": 3}}, "learned": {"*": {"web": {"shown": 10**37}}}}
        archive.store_surroundings("s-1", facts)
        assert archive.read_surroundings("s-1") == facts

    def test_empty_surroundings_need_not_be_stored(self, archive: Port) -> None:
        assert archive.read_surroundings("") == {}

    def test_surroundings_that_were_never_stored_are_rejected(self, archive: Port) -> None:
        archive.store_surroundings("s-1", {})
        with pytest.raises(Rejected):
            archive.read_surroundings("s-2")


@pytest.mark.usefixtures("in_aws")
class TestArchiveInS3:
    def test_a_day_is_a_folder_of_json_lines(self) -> None:
        Archive(moto_resources.bucket("archive")).store([a_record()])
        [entry] = aws_clients.s3().list_objects_v2(Bucket="archive")["Contents"]
        assert entry["Key"].startswith(f"archive/{DAY:%Y/%m/%d}/")
        assert entry["Key"].endswith(".jsonl.gz")
        body = aws_clients.s3().get_object(Bucket="archive", Key=entry["Key"])["Body"].read()
        [line] = gzip.decompress(body).splitlines()
        assert json.loads(line) == a_record().to_dict()

    def test_a_batch_is_one_object(self) -> None:
        archive = Archive(moto_resources.bucket("archive"))
        with moto_resources.counted(aws_clients.s3()) as calls:
            archive.store([a_record(f"c-{n}") for n in range(100)])
        assert calls == ["PutObject"]

    def test_an_empty_batch_is_no_object(self) -> None:
        archive = Archive(moto_resources.bucket("archive"))
        with moto_resources.counted(aws_clients.s3()) as calls:
            archive.store([])
        assert calls == []
