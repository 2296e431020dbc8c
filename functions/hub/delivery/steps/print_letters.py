"""Writes letters when their actions come, and prints all that wait at each tick of the clock.

Each letter has a last look before it is printed. No letter is in two batches: a run assigns it to a
batch before it prints anything, and each batch has one manifest. A run first finishes the batches
that other runs left.
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
    build_address_list,
    name_batch,
    name_file,
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
    """Writes and prints letters. `writer` stores each letter and settles its action.

    One run prints at most `at_once` letters, in batches of at most `most`.
    """

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
        """Raises `Unavailable` if more letters wait than one run can print."""
        written = list(islice(self.letters.read_all(), self.at_once))
        for batch, letters in self._assign_batches(written, parse_tick(tick.body)).items():
            self._finish_batch(batch, letters)
        if len(written) == self.at_once:
            raise Unavailable("more letters wait to be printed")

    def _assign_batches(
        self, written: Sequence[WaitingLetter], at: datetime
    ) -> dict[str, list[WaitingLetter]]:
        """Groups the letters by batch. Assigns a letter in no batch to a new one, unless another
        run has just assigned it."""
        batches: dict[str, list[WaitingLetter]] = defaultdict(list)
        assigned_count = 0
        for waiting in written:
            batch = waiting.batch
            if not batch:
                batch = name_batch(at, assigned_count // self.most + 1)
                if not self.letters.assign_batch(waiting.action.id, batch):
                    continue
                assigned_count += 1
            batches[batch].append(waiting)
        return batches

    def _finish_batch(self, batch: str, written: Sequence[WaitingLetter]) -> None:
        """Settles the letters of the manifest. A letter that is not on it came too late and waits
        for the next batch."""
        manifest = self.print_store.read_manifest(batch) or self._print_batch(batch, written)
        for waiting in written:
            entry = _build_ledger_entry(manifest, waiting.action.id)
            if entry is None:
                self.letters.unassign_batch(waiting.action.id, batch)
            else:
                self.writer.settle(waiting.action, entry)
                self.letters.remove(waiting.action.id)

    def _print_batch(self, batch: str, written: Sequence[WaitingLetter]) -> PrintManifest:
        """Returns the manifest of the batch: this run's, or that of another run that was faster."""
        at = self.writer.clock()
        recalled = {
            waiting.action.id: reason
            for waiting in written
            if (reason := self._take_last_look(waiting, at))
        }
        remaining = [waiting for waiting in written if waiting.action.id not in recalled]
        document = self.typeset([waiting.letter for waiting in remaining], at.date())
        files = self._put_files(batch, remaining, document) if remaining else {}
        pages = {
            waiting.action.id: page
            for waiting, page in zip(remaining, document.first_pages, strict=True)
        }
        return self.print_store.commit(PrintManifest(batch, at, pages, recalled, files))

    def _take_last_look(self, waiting: WaitingLetter, at: datetime) -> str | None:
        customer = self.writer.customers.read(waiting.action.customer_id)
        return take_last_look(customer, waiting.action, at)

    def _put_files(
        self, batch: str, letters: Sequence[WaitingLetter], document: PrintDocument
    ) -> dict[str, str]:
        bodies = {
            "letters": ("pdf", document.pdf),
            "addresses": ("csv", build_address_list(letters, document)),
        }
        return {
            kind: self.print_store.put_file(batch, name_file(kind, ending, body), body)
            for kind, (ending, body) in bodies.items()
        }


def _build_ledger_entry(manifest: PrintManifest, action_id: str) -> LedgerEntry | None:
    if action_id in manifest.letters:
        details = {"batch": manifest.batch, "page": manifest.letters[action_id]}
        return LedgerEntry(
            ActionStatus.DELIVERED,
            manifest.printed_at,
            reference=manifest.files["letters"],
            details=details,
        )
    if action_id in manifest.recalled:
        return LedgerEntry(ActionStatus.DECLINED, manifest.printed_at, manifest.recalled[action_id])
    return None


def _is_tick(message: QueueMessage) -> bool:
    return message.body.get("detail-type") == TICK_DETAIL_TYPE
