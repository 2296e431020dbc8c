"""The folder of a local hub. Two hubs on one machine have two folders."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD_FOLDER = ROOT / ".segue"


class UserError(Exception):
    """An expected error. Its text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one local hub. Its processes have the path in their command line."""

    folder: Path

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def record(self) -> Path:
        """The file that says what runs, for commands that connect."""
        return self.folder / "hub.json"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def read(self) -> dict[str, Any]:
        """Return the record; empty if there is none or a crash left an incomplete one."""
        try:
            record = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def write(self, record: Mapping[str, Any]) -> None:
        """Write the record completely or not at all, readable by its owner only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.record.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(record, indent=2) + "\n")
        draft.replace(self.record)


def resolve_home(folder: str | None = None) -> Home:
    """Return the home of the option or of `SEGUE_HOME`, else that of the checkout."""
    chosen = folder or os.environ.get("SEGUE_HOME") or BUILD_FOLDER / "local"
    return Home(Path(chosen).resolve())
