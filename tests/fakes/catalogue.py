"""The marketers' tables and what was published of them."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hub.kernel.errors import Conflict, Rejected
from hub.model.episode import RecordedEpisode
from hub.publishing.domain.catalogue_diff import RowEdit
from hub.publishing.domain.tables import TABLES


class CatalogueStore:
    def __init__(self) -> None:
        self.snapshots: dict[int, str] = {}
        self.artifacts: dict[int, bytes] = {}

    def read_newest_number(self) -> int:
        return max(self.snapshots, default=0)

    def load(self, number: int) -> dict[str, Any]:
        if number == 0:
            return {"number": 0, "rows": {}}
        if number not in self.snapshots:
            raise Rejected("no such catalogue")
        snapshot: dict[str, Any] = json.loads(self.snapshots[number])
        return snapshot

    def load_compiled(self, number: int) -> bytes | None:
        return self.artifacts.get(number)

    def store_compiled(self, number: int, artifact: bytes) -> None:
        self.artifacts[number] = artifact

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        if self.read_newest_number() != number - 1:
            raise Conflict("catalogue: another is the newest")
        self.snapshots[number] = json.dumps(snapshot)
        if artifact:
            self.store_compiled(number, artifact)


class RollbackRequests:
    """`item` is what stands beside the newest number."""

    def __init__(self, **item: Any) -> None:
        self.item = item

    def read_request(self) -> object:
        return self.item.get("roll_back_to")

    def complete(self, request: object, result: Mapping[str, Any]) -> None:
        if self.item.get("roll_back_to") == request:
            self.item = dict(result)


class RecordedEvents:
    def __init__(self, *records: RecordedEpisode) -> None:
        self.records = records

    def read_recent(self, event_type: str) -> Sequence[RecordedEpisode]:
        return [r for r in self.records if event_type in {e.type for e in r.episode.events}]


class CatalogueRows:
    """`rows` is table -> key -> row."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self.rows = {
            name: {row[table.key]: row for row in tables.get(name, [])}
            for name, table in TABLES.items()
        }

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """As the console does it: the row as a whole."""
        self.rows[table][row[TABLES[table].key]] = dict(row)

    def read_all(self) -> dict[str, list[dict[str, Any]]]:
        return {name: copy.deepcopy(list(rows.values())) for name, rows in self.rows.items()}

    def edit(self, edits: Sequence[RowEdit]) -> None:
        for edit in edits:
            self.rows[edit.table].pop(edit.key, None)
            if edit.row is not None:
                self.put(edit.table, copy.deepcopy(dict(edit.row)))

    def write_feedback(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        if key in self.rows[table]:
            self.rows[table][key]["published"] = dict(published)
