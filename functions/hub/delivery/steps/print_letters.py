"""Print: letters are written when their actions come and laid up; a tick of the clock has all that
wait printed, each after a last look.

Whoever runs, and however often, no letter is in two batches: it is put in one before anything is
printed, and what a batch holds is said by its one manifest. A run first finishes what others left.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from hub.contact_policy.domain.contactability import last_look
from hub.delivery.domain.print_batch import (
    MOST_LETTERS,
    Manifest,
    Printed,
    Written,
    address_list,
    batch_name,
    file_name,
)
from hub.delivery.ports import Entry, Letters, Press, Status, Typesetter
from hub.delivery.steps.carry_out_actions import Actor
from hub.kernel.clock_tick import TICK, ticked
from hub.kernel.each_message import each
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.queue_message import Message

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class PrintRoom:
    """`writer` writes the letters and lays them up, and tells how they ended. One run prints
    `at_once` letters, in batches of `most`."""

    writer: Actor
    letters: Letters
    press: Press
    typeset: Typesetter
    at_once: int = AT_ONCE
    most: int = MOST_LETTERS

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Takes letters' actions and ticks. Returns the failures by message id."""
        ticks = [message for message in messages if _is_tick(message)]
        actions = [message for message in messages if not _is_tick(message)]
        unwritten = [m for m in actions if not self.letters.has(str(m.body.get("id")))]
        return {**self.writer(unwritten), **each(ticks, self._print)}

    def _print(self, tick: Message) -> None:
        """Raises `Unavailable` when there are more than one run can print."""
        written = list(islice(self.letters.all(), self.at_once))
        for batch, letters in self._batches(written, ticked(tick.body)).items():
            self._finish(batch, letters)
        if len(written) == self.at_once:
            raise Unavailable("more letters wait to be printed")

    def _batches(self, written: Sequence[Written], at: datetime) -> dict[str, list[Written]]:
        """Those that are in none are put in a new one; what another run has just put in its own is
        left to it."""
        batches: dict[str, list[Written]] = defaultdict(list)
        taken = 0
        for one in written:
            batch = one.batch
            if not batch:
                batch = batch_name(at, taken // self.most + 1)
                if not self.letters.claim(one.action.id, batch):
                    continue
                taken += 1
            batches[batch].append(one)
        return batches

    def _finish(self, batch: str, written: Sequence[Written]) -> None:
        """What is not on the manifest came too late for it and waits for the next batch."""
        manifest = self.press.manifest(batch) or self._printed(batch, written)
        for one in written:
            entry = _entry(manifest, one.action.id)
            if entry is None:
                self.letters.release(one.action.id, batch)
            else:
                self.writer.end(one.action, entry)
                self.letters.remove(one.action.id)

    def _printed(self, batch: str, written: Sequence[Written]) -> Manifest:
        """The manifest that counts: ours, or that of another run which was faster."""
        at = self.writer.clock()
        recalled = {one.action.id: stop for one in written if (stop := self._stop(one, at))}
        wanted = [one for one in written if one.action.id not in recalled]
        printed = self.typeset([one.letter for one in wanted], at.date())
        files = self._put(batch, wanted, printed) if wanted else {}
        pages = {one.action.id: page for one, page in zip(wanted, printed.first_pages, strict=True)}
        return self.press.commit(Manifest(batch, at, pages, recalled, files))

    def _stop(self, one: Written, at: datetime) -> str | None:
        return last_look(self.writer.customers.read(one.action.customer_id), one.action, at)

    def _put(self, batch: str, wanted: Sequence[Written], printed: Printed) -> dict[str, str]:
        bodies = {
            "letters": ("pdf", printed.pdf),
            "addresses": ("csv", address_list(wanted, printed)),
        }
        return {
            kind: self.press.put(batch, file_name(kind, ending, body), body)
            for kind, (ending, body) in bodies.items()
        }


def _entry(manifest: Manifest, action_id: str) -> Entry | None:
    if action_id in manifest.letters:
        told = {"batch": manifest.batch, "page": manifest.letters[action_id]}
        return Entry(
            Status.DELIVERED, manifest.printed_at, reference=manifest.files["letters"], told=told
        )
    if action_id in manifest.recalled:
        return Entry(Status.DECLINED, manifest.printed_at, manifest.recalled[action_id])
    return None


def _is_tick(message: Message) -> bool:
    return message.body.get("detail-type") == TICK
