"""Source definitions: `schemas/sources/<source>/source.json`."""

import re
from pathlib import Path

import orjson

from hub.intake.domain.source_definition import SourceDefinition
from hub.kernel.json_types import JsonObject

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)


class SourceDefinitions:
    """Source definitions by name. A call returns None for a name without a folder.

    Names come from URLs and object keys, so only a plain name becomes a path.
    """

    def __init__(self, sources: Path) -> None:
        self._sources = sources
        self._read: dict[str, SourceDefinition] = {}

    def __call__(self, name: str) -> SourceDefinition | None:
        if name not in self._read:
            path = self._sources / name / "source.json"
            if not _NAME.fullmatch(name) or not path.is_file():
                return None
            data: JsonObject = orjson.loads(path.read_bytes())
            self._read[name] = SourceDefinition.from_dict({"name": name, **data})
        return self._read[name]
