"""The sources of this checkout: the folders of `schemas/sources/`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.intake.domain.file_definition import PACKED_SUFFIXES, parse_file_definitions
from tools.segue.local_home import ROOT, UserError

FOLDER = ROOT / "schemas" / "sources"


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    definition: dict[str, Any]

    @property
    def takes_webhooks(self) -> bool:
        return bool(self.definition.get("webhook"))

    @property
    def scheme(self) -> str:
        """The signature scheme of its webhooks; empty if it has none."""
        return str(self.definition.get("webhook", {}).get("scheme", ""))

    @property
    def is_on_a_bus(self) -> bool:
        """Whether it sends to an EventBridge bus."""
        return bool(self.definition.get("bus"))

    @property
    def partner_bus(self) -> str:
        """The stack's output that names its bus; empty if that is the account's own."""
        partner = str(self.definition["bus"]["source"]).startswith("aws.partner/")
        return f"{self.name.title().replace('_', '')}Bus" if partner else ""

    @property
    def file_endings(self) -> tuple[str, ...]:
        """The endings of the names of its files; none if it sends no files."""
        return tuple(
            suffix
            for file in parse_file_definitions(self.definition.get("file"))
            for suffix in file.suffixes
        )

    def is_file(self, place: str) -> bool:
        """Return whether this is sent as a file. The ending decides for a source that does both."""
        name = place.lower()
        for packed in PACKED_SUFFIXES:
            name = name.removesuffix(packed)
        fits = name.endswith(self.file_endings) or name != place.lower()
        return bool(self.file_endings) and (not self.takes_webhooks or fits)


def read_sources(folder: Path = FOLDER) -> dict[str, Source]:
    paths = sorted(folder.glob("*/source.json"))
    return {p.parent.name: Source(p.parent.name, json.loads(p.read_text())) for p in paths}


def list_challenge_secrets(folder: Path = FOLDER) -> list[str]:
    """Return the names of the secrets that vendors use before they send anything."""
    webhooks = {
        name: source.definition.get("webhook", {}) for name, source in read_sources(folder).items()
    }
    return [f"{n}.challenge" for n, w in webhooks.items() if w.get("challenge") == "verify-token"]


def list_further_secrets(folder: Path = FOLDER) -> list[str]:
    """Return the names of the secrets of a source beside its own: of servers, where its own key is
    public, and of whoever signs who a visitor is."""
    names = []
    for name, source in read_sources(folder).items():
        webhook = source.definition.get("webhook", {})
        names += [f"{name}.{suffix}" for suffix in webhook.get("keys", {})]
        names += [f"{name}.identity"] if webhook.get("identity_token") else []
    return names


def find_source(name: str, folder: Path = FOLDER) -> Source:
    """Find a source by name. Raises `UserError` with the existing names."""
    every = read_sources(folder)
    if name not in every:
        raise UserError(f"There is no source {name!r}; there are {', '.join(every) or 'none yet'}.")
    return every[name]
