"""The rate limit and the circuit breaker of one provider, for all processes together.

The rate limit is a token bucket, stored as the one moment at which it is full again (GCRA, ITU-T
I.371). The circuit opens after a number of failures within a window. After its pause, one call
tests the provider, and the others wait for its result.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LONGEST_REST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ThrottleLimits:
    """`per_second` actions on average, `burst` at once; 0 is no limit. `failures` within `window`
    seconds open the circuit for `pause` seconds."""

    per_second: float = 0
    burst: int = 1
    failures: int = 5
    window: int = 60
    pause: int = 30


@dataclass(frozen=True, slots=True)
class ThrottleState:
    """The state of one provider. Times are seconds since 1970. `version` is that of the stored
    state, 0 if nothing is stored."""

    full_at: float = 0.0
    failures: int = 0
    failing_since: float = 0.0
    rests_until: float = 0.0
    version: int = 0


Change = Callable[[ThrottleState], ThrottleState]


def admit_call(
    state: ThrottleState, limits: ThrottleLimits, now: datetime
) -> tuple[ThrottleState, timedelta | None]:
    """Returns the state after one more call; or the state as it is, and how long the call must
    wait."""
    at = now.timestamp()
    if at < state.rests_until:
        return state, timedelta(seconds=state.rests_until - at)
    if limits.per_second:
        interval = 1 / limits.per_second
        full_at = max(state.full_at, at) + interval
        wait = full_at - at - interval * limits.burst
        if wait > interval * 1e-6:
            return state, timedelta(seconds=wait)
        state = replace(state, full_at=full_at)
    if state.failures >= limits.failures:
        state = replace(state, rests_until=at + limits.pause)
    return state, None


def record_success(state: ThrottleState) -> ThrottleState:
    return replace(state, failures=0, failing_since=0.0, rests_until=0.0)


def record_failure(state: ThrottleState, limits: ThrottleLimits, now: datetime) -> ThrottleState:
    at = now.timestamp()
    is_open = state.failures >= limits.failures
    if not is_open and at - state.failing_since > limits.window:
        state = replace(state, failures=0, failing_since=at)
    if not is_open:
        state = replace(state, failures=state.failures + 1)
    if state.failures >= limits.failures:
        return pause_calls(state, timedelta(seconds=limits.pause), now)
    return state


def pause_calls(state: ThrottleState, rest: timedelta, now: datetime) -> ThrottleState:
    """Admits no call for `rest`, at most 15 minutes, since the provider asked for that."""
    until = now.timestamp() + min(rest, LONGEST_REST).total_seconds()
    return replace(state, rests_until=max(state.rests_until, until))
