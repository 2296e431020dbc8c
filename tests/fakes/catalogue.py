"""The marketers' tables and what was published of them."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hub.catalogue.domain.row_reader import KEYS
from hub.kernel.errors import Conflict, Rejected
from hub.model.episode import Recorded
from hub.publishing.domain.catalogue_diff import Edit


class CatalogueStore:
    def __init__(self) -> None:
        self.snapshots: dict[int, str] = {}
        self.artifacts: dict[int, bytes] = {}

    def newest(self) -> int:
        return max(self.snapshots, default=0)

    def load(self, number: int) -> dict[str, Any]:
        if number == 0:
            return {"number": 0, "rows": {}}
        if number not in self.snapshots:
            raise Rejected("no such catalogue")
        snapshot: dict[str, Any] = json.loads(self.snapshots[number])
        return snapshot

    def artifact(self, number: int) -> bytes | None:
        return self.artifacts.get(number)

    def prepare(self, number: int, artifact: bytes) -> None:
        self.artifacts[number] = artifact

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        if self.newest() != number - 1:
            raise Conflict("catalogue: another is the newest")
        self.snapshots[number] = json.dumps(snapshot)
        if artifact:
            self.prepare(number, artifact)


class Rollbacks:
    """`item` is what stands beside the newest number."""

    def __init__(self, **item: Any) -> None:
        self.item = item

    def asked(self) -> object:
        return self.item.get("roll_back_to")

    def answer(self, asked: object, answer: Mapping[str, Any]) -> None:
        if self.item.get("roll_back_to") == asked:
            self.item = dict(answer)


class RecordedEvents:
    def __init__(self, *records: Recorded) -> None:
        self.records = records

    def lately(self, event_type: str) -> Sequence[Recorded]:
        return [r for r in self.records if event_type in {e.type for e in r.episode.events}]


class CatalogueRows:
    """`rows` is table -> key -> row."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self.rows = {
            name: {row[key]: row for row in tables.get(name, [])} for name, key in KEYS.items()
        }

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """As the console does it: the row as a whole."""
        self.rows[table][row[KEYS[table]]] = dict(row)

    def all(self) -> dict[str, list[dict[str, Any]]]:
        return {name: copy.deepcopy(list(rows.values())) for name, rows in self.rows.items()}

    def edit(self, edits: Sequence[Edit]) -> None:
        for edit in edits:
            self.rows[edit.table].pop(edit.key, None)
            if edit.row is not None:
                self.put(edit.table, copy.deepcopy(dict(edit.row)))

    def note(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        if key in self.rows[table]:
            self.rows[table][key]["published"] = dict(published)
