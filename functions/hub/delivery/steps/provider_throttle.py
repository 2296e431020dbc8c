"""Limits the calls to a provider. All processes share its state."""

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
    """The throttle of one provider, by its name.

    `admit` raises if it cannot store the state. The other methods do not, since a call that was
    made must not look as if it was not.
    """

    name: str
    limits: ThrottleLimits
    throttles: ThrottleStates
    clock: Clock

    def admit(self) -> None:
        """Raises `Unavailable` while the circuit is open or the rate is used up."""
        waits: list[timedelta] = []

        def admit_one(state: ThrottleState) -> ThrottleState:
            after, wait = admit_call(state, self.limits, self.clock())
            waits[:] = [wait] if wait else []
            return after

        self._change(admit_one)
        if waits:
            raise Unavailable(f"{self.name} gets no calls for a while", waits[0])

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
        raise Unavailable(f"{self.name} gets too many calls at once", timedelta(seconds=1))
