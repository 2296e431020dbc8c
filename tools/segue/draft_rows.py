"""Draft rows: from a file, a folder, or the tables."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.content.wiring import build_proofread_template
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.draft import build_draft_catalogue
from hub.publishing.domain.tables import TABLES
from hub.publishing.wiring import wire_row_check
from tools.segue import catalogues
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

Rows = dict[str, list[dict[str, Any]]]


def read_draft(place: Path) -> Rows:
    """Read `{"rules": [...], ...}` from a file, or `rules.json` ... from a folder."""
    if not place.exists():
        raise UserError(f"There is no draft {place}.")
    if place.is_file():
        return _check_rows(place, _read_json(place))
    files = {name: place / f"{name}.json" for name in TABLES}
    found = {name: _read_json(file) for name, file in files.items() if file.exists()}
    if not found:
        raise UserError(f"{place} has none of {', '.join(f'{name}.json' for name in TABLES)}.")
    return _check_rows(place, found)


def read_draft_rows(hub: Hub) -> Rows:
    """Read the rows with the status `draft` from the tables."""
    found = {table: catalogues.read_rows(hub, table) for table in TABLES}
    return {
        table: [row for row in rows if str(row.get("status", "")).strip().lower() == "draft"]
        for table, rows in found.items()
    }


def build_snapshot(rows: Rows, previous: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the snapshot with the draft rows.

    Raises `UserError` with the publisher's problems, or if nothing would change.
    """
    proofread = build_proofread_template(load_declared_fields())
    draft = build_draft_catalogue(rows, previous, datetime.now(UTC), wire_row_check(), proofread)
    if draft.problems:
        lines = [
            f"{row}: {problem}" for row, problems in draft.problems.items() for problem in problems
        ]
        raise UserError("\n".join(["The draft cannot be used as it is:", *lines]))
    if draft.snapshot is None:
        raise UserError("The draft changes nothing: the catalogue has these rows already.")
    return draft.snapshot


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as wrong:
        raise UserError(f"{file} is not JSON: {wrong}.") from wrong


def _check_rows(place: Path, read: Any) -> Rows:
    if isinstance(read, dict) and all(isinstance(rows, list) for rows in read.values()):
        return read
    raise UserError(f'{place} must be lists of rows by table: {{"rules": [...], "offers": [...]}}.')
