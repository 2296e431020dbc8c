"""Where letters wait, how they are set, and where batches of them are put."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from hub.delivery.domain.print_batch import PrintDocument, PrintManifest, WaitingLetter
from hub.kernel.errors import Rejected
from hub.model.decision import Action
from hub.model.letter import Letter


class WaitingLetters:
    """`waiting` is by the actions' ids."""

    def __init__(self) -> None:
        self.waiting: dict[str, WaitingLetter] = {}

    def add(self, action: Action, letter: Letter) -> None:
        self.waiting.setdefault(action.id, WaitingLetter(action, letter))

    def has(self, action_id: str) -> bool:
        return action_id in self.waiting

    def read_all(self) -> Iterator[WaitingLetter]:
        return iter([*self.waiting.values()])

    def assign_batch(self, action_id: str, batch: str) -> bool:
        one = self.waiting.get(action_id)
        if one is None or one.batch not in {"", batch}:
            return False
        self.waiting[action_id] = replace(one, batch=batch)
        return True

    def unassign_batch(self, action_id: str, batch: str) -> None:
        one = self.waiting.get(action_id)
        if one and one.batch == batch:
            self.waiting[action_id] = replace(one, batch="")

    def remove(self, action_id: str) -> None:
        self.waiting.pop(action_id, None)


class PrintStore:
    """`files` is place -> what was put there; `manifests` are kept as the JSON they are in S3."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.manifests: dict[str, str] = {}

    def read_manifest(self, batch: str) -> PrintManifest | None:
        text = self.manifests.get(batch)
        return PrintManifest.from_dict(json.loads(text)) if text else None

    def put_file(self, batch: str, name: str, body: bytes) -> str:
        self.files[place := f"print/{batch}/{name}"] = body
        return place

    def commit(self, manifest: PrintManifest) -> PrintManifest:
        text = self.manifests.setdefault(manifest.batch, json.dumps(manifest.to_dict()))
        return PrintManifest.from_dict(json.loads(text))


def typeset(letters: Sequence[Letter], on: date) -> PrintDocument:
    """A page a letter, of plain text; what says `unprintable` is."""
    if any("unprintable" in letter.text for letter in letters):
        raise Rejected("the typeface has no such character", "text")
    told = "\f".join("\n".join((*o.address, on.isoformat(), o.subject, o.text)) for o in letters)
    return PrintDocument(told.encode(), range(1, len(letters) + 1), len(letters))
