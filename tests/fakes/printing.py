"""Where letters wait, how they are set, and where batches of them are put."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from hub.delivery.domain.print_batch import Manifest, Printed, Written
from hub.kernel.errors import Rejected
from hub.model.decision import Action
from hub.model.letter import Letter


class Letters:
    """`waiting` is by the actions' ids."""

    def __init__(self) -> None:
        self.waiting: dict[str, Written] = {}

    def lay(self, action: Action, letter: Letter) -> None:
        self.waiting.setdefault(action.id, Written(action, letter))

    def has(self, action_id: str) -> bool:
        return action_id in self.waiting

    def all(self) -> Iterator[Written]:
        return iter([*self.waiting.values()])

    def claim(self, action_id: str, batch: str) -> bool:
        one = self.waiting.get(action_id)
        if one is None or one.batch not in {"", batch}:
            return False
        self.waiting[action_id] = replace(one, batch=batch)
        return True

    def release(self, action_id: str, batch: str) -> None:
        one = self.waiting.get(action_id)
        if one and one.batch == batch:
            self.waiting[action_id] = replace(one, batch="")

    def remove(self, action_id: str) -> None:
        self.waiting.pop(action_id, None)


class Press:
    """`files` is place -> what was put there; `manifests` are kept as the JSON they are in S3."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.manifests: dict[str, str] = {}

    def manifest(self, batch: str) -> Manifest | None:
        text = self.manifests.get(batch)
        return Manifest.from_dict(json.loads(text)) if text else None

    def put(self, batch: str, name: str, body: bytes) -> str:
        self.files[place := f"print/{batch}/{name}"] = body
        return place

    def commit(self, manifest: Manifest) -> Manifest:
        text = self.manifests.setdefault(manifest.batch, json.dumps(manifest.to_dict()))
        return Manifest.from_dict(json.loads(text))


def typeset(letters: Sequence[Letter], on: date) -> Printed:
    """A page a letter, of plain text; what says `unprintable` is."""
    if any("unprintable" in letter.text for letter in letters):
        raise Rejected("the typeface has no such character", "text")
    told = "\f".join("\n".join((*o.address, on.isoformat(), o.subject, o.text)) for o in letters)
    return Printed(told.encode(), range(1, len(letters) + 1), len(letters))
