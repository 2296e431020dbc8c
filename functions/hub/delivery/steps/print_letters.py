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

from hub.contact_policy.domain.contactability import take_last_look
from hub.delivery.domain.print_batch import (
    MOST_LETTERS,
    PrintDocument,
    PrintManifest,
    WaitingLetter,
    address_list,
    batch_name,
    file_name,
)
from hub.delivery.ports import ActionStatus, LedgerEntry, PrintStore, Typesetter, WaitingLetters
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.kernel.clock_tick import TICK_DETAIL_TYPE, parse_tick
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.queue_message import QueueMessage

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class PrintLetters:
    """`writer` writes the letters and lays them up, and tells how they ended. One run prints
    `at_once` letters, in batches of `most`."""

    writer: CarryOutActions
    letters: WaitingLetters
    print_store: PrintStore
    typeset: Typesetter
    at_once: int = AT_ONCE
    most: int = MOST_LETTERS

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Takes letters' actions and ticks. Returns the failures by message id."""
        ticks = [message for message in messages if _is_tick(message)]
        actions = [message for message in messages if not _is_tick(message)]
        unwritten = [m for m in actions if not self.letters.has(str(m.body.get("id")))]
        return {**self.writer(unwritten), **run_each(ticks, self._print)}

    def _print(self, tick: QueueMessage) -> None:
        """Raises `Unavailable` when there are more than one run can print."""
        written = list(islice(self.letters.read_all(), self.at_once))
        for batch, letters in self._assign_batches(written, parse_tick(tick.body)).items():
            self._finish_batch(batch, letters)
        if len(written) == self.at_once:
            raise Unavailable("more letters wait to be printed")

    def _assign_batches(
        self, written: Sequence[WaitingLetter], at: datetime
    ) -> dict[str, list[WaitingLetter]]:
        """Those that are in none are put in a new one; what another run has just put in its own is
        left to it."""
        batches: dict[str, list[WaitingLetter]] = defaultdict(list)
        taken = 0
        for one in written:
            batch = one.batch
            if not batch:
                batch = batch_name(at, taken // self.most + 1)
                if not self.letters.assign_batch(one.action.id, batch):
                    continue
                taken += 1
            batches[batch].append(one)
        return batches

    def _finish_batch(self, batch: str, written: Sequence[WaitingLetter]) -> None:
        """What is not on the manifest came too late for it and waits for the next batch."""
        manifest = self.print_store.read_manifest(batch) or self._print_batch(batch, written)
        for one in written:
            entry = _ledger_entry(manifest, one.action.id)
            if entry is None:
                self.letters.unassign_batch(one.action.id, batch)
            else:
                self.writer.settle(one.action, entry)
                self.letters.remove(one.action.id)

    def _print_batch(self, batch: str, written: Sequence[WaitingLetter]) -> PrintManifest:
        """The manifest that counts: ours, or that of another run which was faster."""
        at = self.writer.clock()
        recalled = {
            one.action.id: stop for one in written if (stop := self._take_last_look(one, at))
        }
        wanted = [one for one in written if one.action.id not in recalled]
        printed = self.typeset([one.letter for one in wanted], at.date())
        files = self._put_files(batch, wanted, printed) if wanted else {}
        pages = {one.action.id: page for one, page in zip(wanted, printed.first_pages, strict=True)}
        return self.print_store.commit(PrintManifest(batch, at, pages, recalled, files))

    def _take_last_look(self, one: WaitingLetter, at: datetime) -> str | None:
        return take_last_look(self.writer.customers.read(one.action.customer_id), one.action, at)

    def _put_files(
        self, batch: str, wanted: Sequence[WaitingLetter], printed: PrintDocument
    ) -> dict[str, str]:
        bodies = {
            "letters": ("pdf", printed.pdf),
            "addresses": ("csv", address_list(wanted, printed)),
        }
        return {
            kind: self.print_store.put_file(batch, file_name(kind, ending, body), body)
            for kind, (ending, body) in bodies.items()
        }


def _ledger_entry(manifest: PrintManifest, action_id: str) -> LedgerEntry | None:
    if action_id in manifest.letters:
        told = {"batch": manifest.batch, "page": manifest.letters[action_id]}
        return LedgerEntry(
            ActionStatus.DELIVERED,
            manifest.printed_at,
            reference=manifest.files["letters"],
            details=told,
        )
    if action_id in manifest.recalled:
        return LedgerEntry(ActionStatus.DECLINED, manifest.printed_at, manifest.recalled[action_id])
    return None


def _is_tick(message: QueueMessage) -> bool:
    return message.body.get("detail-type") == TICK_DETAIL_TYPE
