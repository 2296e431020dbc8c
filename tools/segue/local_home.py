"""Where a local hub keeps its things: one folder, so that two hubs never meet."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD_FOLDER = ROOT / ".segue"


class UserError(Exception):
    """A fault that was foreseen: its text is the one sentence that the person reads."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one local hub. Its processes carry its path, which is how they are found."""

    folder: Path

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def record(self) -> Path:
        """What runs, for whoever connects: see `tools.segue.local.Running`."""
        return self.folder / "hub.json"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def read(self) -> dict[str, Any]:
        """The record; empty when there is none or a crash left half of one."""
        try:
            record = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def write(self, record: Mapping[str, Any]) -> None:
        """Whole or not at all; only its owner can read it, for it holds local secrets' names."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.record.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(record, indent=2) + "\n")
        draft.replace(self.record)


def resolve_home(folder: str | None = None) -> Home:
    """The home named by the option or by `SEGUE_HOME`, else the checkout's own."""
    chosen = folder or os.environ.get("SEGUE_HOME") or BUILD_FOLDER / "local"
    return Home(Path(chosen).resolve())
