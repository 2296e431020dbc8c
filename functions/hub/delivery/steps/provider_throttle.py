"""Asking a provider no more than it bears: its state is shared by all processes."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from hub.delivery.domain.connector.circuit_breaker import (
    Change,
    Limits,
    Throttle,
    admit,
    failed,
    rested,
    succeeded,
)
from hub.delivery.ports import Throttles
from hub.kernel.errors import Conflict, Unavailable
from hub.platform.ports import Clock

TRIES = 5


@dataclass(frozen=True, slots=True)
class Throttling:
    """Of one provider, by its name.

    Who may not be admitted is told; how a call went is noted if it can be, since a note that fails
    must not make what was done look undone.
    """

    name: str
    limits: Limits
    throttles: Throttles
    clock: Clock

    def admit(self) -> None:
        """Raises `Unavailable` while the circuit is open, or the rate used up."""
        waits: list[timedelta] = []

        def take(state: Throttle) -> Throttle:
            after, wait = admit(state, self.limits, self.clock())
            waits[:] = [wait] if wait else []
            return after

        self._change(take)
        if waits:
            raise Unavailable(f"{self.name} is left alone for a while", waits[0])

    def worked(self) -> None:
        self._note(succeeded)

    def failed(self) -> None:
        self._note(lambda state: failed(state, self.limits, self.clock()))

    def rests(self, rest: timedelta) -> None:
        self._note(lambda state: rested(state, rest, self.clock()))

    def _note(self, change: Change) -> None:
        with suppress(Unavailable):
            self._change(change)

    def _change(self, change: Change) -> None:
        for _ in range(TRIES):
            state = self.throttles.read(self.name)
            changed = change(state)
            try:
                if changed != state:
                    self.throttles.write(self.name, changed)
            except Conflict:
                continue
            return
        raise Unavailable(f"{self.name} is asked by many at once", timedelta(seconds=1))
