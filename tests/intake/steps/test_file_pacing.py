"""A long file never runs so far ahead that live events must wait for its end."""

from dataclasses import dataclass, field

from hub.intake.domain.file_reconciliation import FileAnnouncement
from hub.intake.steps.file_pacing import FilePacing
from hub.intake.steps.load_file import LoadFile
from tests.fakes import Bus, Files, FixedClock
from tests.intake.steps.test_load_file import HEADER, KEY, SALE, SOURCES

BATCH = 100


@dataclass
class Worked:
    """What waits is what the file has sent, less `speed` messages with every rest."""

    bus: Bus
    speed: int
    done: int = 0
    most_seen: int = 0
    rests: list[int] = field(default_factory=list)

    def waiting(self) -> int:
        left = len(self.bus.payloads) - self.done
        self.most_seen = max(self.most_seen, left)
        return left

    def rest(self) -> None:
        self.rests.append(self.done)
        self.done += self.speed


def test_a_file_goes_on_as_fast_as_it_is_worked_off() -> None:
    files, bus = Files(), Bus()
    files.files[KEY] = HEADER + SALE * 1_000
    worked = Worked(bus, speed=40)
    pace = FilePacing(worked.waiting, worked.rest, lambda: False, most=200)
    account = LoadFile(files, SOURCES, bus, FixedClock(), lambda: False, pace)(
        FileAnnouncement(KEY, "e1")
    )
    assert account is not None
    assert len(bus.payloads) == 1_000
    assert worked.most_seen <= 200 + BATCH
    assert len(worked.rests) >= (1_000 - 200 - BATCH) / 40


def test_nothing_is_waited_for_once_time_is_up() -> None:
    worked = Worked(Bus(), speed=0, done=-5_000)
    left = iter([False, False, True])
    FilePacing(worked.waiting, worked.rest, lambda: next(left))()
    assert len(worked.rests) == 2
