"""Asking a provider no more than it bears: its state is shared by all processes."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from hub.delivery.domain.connector.circuit_breaker import (
    Change,
    ThrottleLimits,
    ThrottleState,
    admit_call,
    pause_calls,
    record_failure,
    record_success,
)
from hub.delivery.ports import ThrottleStates
from hub.kernel.errors import Conflict, Unavailable
from hub.platform.ports import Clock

TRIES = 5


@dataclass(frozen=True, slots=True)
class ProviderThrottle:
    """Of one provider, by its name.

    Who may not be admitted is told; how a call went is noted if it can be, since a note that fails
    must not make what was done look undone.
    """

    name: str
    limits: ThrottleLimits
    throttles: ThrottleStates
    clock: Clock

    def admit(self) -> None:
        """Raises `Unavailable` while the circuit is open, or the rate used up."""
        waits: list[timedelta] = []

        def take(state: ThrottleState) -> ThrottleState:
            after, wait = admit_call(state, self.limits, self.clock())
            waits[:] = [wait] if wait else []
            return after

        self._change(take)
        if waits:
            raise Unavailable(f"{self.name} is left alone for a while", waits[0])

    def record_success(self) -> None:
        self._try_change(record_success)

    def record_failure(self) -> None:
        self._try_change(lambda state: record_failure(state, self.limits, self.clock()))

    def pause(self, rest: timedelta) -> None:
        self._try_change(lambda state: pause_calls(state, rest, self.clock()))

    def _try_change(self, change: Change) -> None:
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
