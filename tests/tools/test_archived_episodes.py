"""What `segue replay` and `segue whatif` are given: a window of the archive, and a draft."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.model.episode import RecordedEpisode
from hub.publishing.domain.tables import TABLES
from tests.factories import a_customer
from tests.records import an_episode
from tools.segue.archived_episodes import ArchivedEpisodes, Window
from tools.segue.command import main
from tools.segue.draft_rows import read_draft
from tools.segue.local_home import UserError


def a_record(customer: str, version: int) -> RecordedEpisode:
    return RecordedEpisode(a_customer(version=1), an_episode(customer_id=customer, version=version))


class TestPast:
    def test_each_customer_comes_in_the_order_of_versions(self) -> None:
        with closing(sqlite3.connect("")) as disk:
            past = ArchivedEpisodes(disk)
            for customer, version in (("c-2", 10), ("c-1", 2), ("c-2", 9), ("c-1", 1)):
                past.add(a_record(customer, version))
            found = [[r.episode.version for r in records] for records in past.group_by_customer()]
        assert found == [[1, 2], [9, 10]]

    def test_an_episode_archived_twice_counts_once(self) -> None:
        with closing(sqlite3.connect("")) as disk:
            past = ArchivedEpisodes(disk)
            for _ in range(2):
                past.add(a_record("c-1", 1))
            assert past.count == 1
            assert list(past.read_records()) == [a_record("c-1", 1)]


class TestWindow:
    def test_the_last_days_include_today(self) -> None:
        today = datetime.now(UTC).date()
        assert Window.from_options(1, None, None).days == [today]
        assert len(Window.from_options(7, None, None).days) == 7

    def test_both_ends_are_included(self) -> None:
        window = Window.from_options(1, datetime(2026, 11, 20), datetime(2026, 11, 22))  # noqa: DTZ001 as typer gives it
        assert window.days == [date(2026, 11, day) for day in (20, 21, 22)]
        assert window.end == datetime(2026, 11, 23, tzinfo=UTC)

    def test_days_count_back_from_a_named_end(self) -> None:
        window = Window.from_options(2, None, datetime(2026, 11, 22))  # noqa: DTZ001 as typer gives it
        assert window.days == [date(2026, 11, 21), date(2026, 11, 22)]

    def test_the_window_never_ends_after_now(self) -> None:
        assert Window.from_options(1, None, None).end <= datetime.now(UTC)

    def test_a_first_day_after_the_last_is_refused(self) -> None:
        with pytest.raises(UserError, match="is after"):
            Window.from_options(1, datetime(2026, 11, 23), datetime(2026, 11, 22))  # noqa: DTZ001 as typer gives it


class TestDraft:
    @staticmethod
    def _file(folder: Path, content: Any, name: str = "draft.json") -> Path:
        file = folder / name
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return file

    def test_a_file_has_rows_by_table(self, tmp_path: Path) -> None:
        rows = {"rules": [{"rule_id": "welcome"}]}
        assert read_draft(self._file(tmp_path, rows)) == rows

    def test_a_folder_has_a_file_for_each_table(self, tmp_path: Path) -> None:
        for name, table in TABLES.items():
            self._file(tmp_path, [{table.key: "one"}], f"{name}.json")
        assert read_draft(tmp_path) == {name: [{t.key: "one"}] for name, t in TABLES.items()}

    @pytest.mark.parametrize("content", ["{", [], {"rules": {}}, 5])
    def test_a_file_that_is_no_draft_is_refused_with_the_right_form(
        self, content: Any, tmp_path: Path
    ) -> None:
        with pytest.raises(UserError, match=r"JSON|lists of rows"):
            read_draft(self._file(tmp_path, content))

    def test_a_missing_draft_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no draft"):
            read_draft(tmp_path / "nowhere.json")

    def test_an_empty_folder_is_refused_with_the_possible_files(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match=r"rules\.json"):
            read_draft(tmp_path)


@pytest.mark.parametrize("words", [["replay"], ["whatif", "draft.json"]])
def test_replay_and_whatif_need_a_hub(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--home", str(tmp_path)]) == 1
    assert "start one with `segue up`" in capsys.readouterr().err
