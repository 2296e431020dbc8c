"""How much a provider is asked, by all processes together: a rate, and a circuit breaker.

The rate is a token bucket, kept as the one moment at which it is full again (GCRA, ITU-T I.371).
The circuit opens after so many failures within a window; when its pause is over one call probes,
and the others wait until that one has told how it went.
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
    """Of one connector. Times are seconds since 1970; `version` is that of the stored one, 0 where
    nothing is stored."""

    full_at: float = 0.0
    failures: int = 0
    failing_since: float = 0.0
    rests_until: float = 0.0
    version: int = 0


Change = Callable[[ThrottleState], ThrottleState]


def admit_call(
    state: ThrottleState, limits: ThrottleLimits, now: datetime
) -> tuple[ThrottleState, timedelta | None]:
    """The state after one more call; or the state as it is, and how long that call has to wait."""
    at = now.timestamp()
    if at < state.rests_until:
        return state, timedelta(seconds=state.rests_until - at)
    if limits.per_second:
        step = 1 / limits.per_second
        full_at = max(state.full_at, at) + step
        early = full_at - at - step * limits.burst
        if early > step * 1e-6:
            return state, timedelta(seconds=early)
        state = replace(state, full_at=full_at)
    if state.failures >= limits.failures:
        state = replace(state, rests_until=at + limits.pause)
    return state, None


def record_success(state: ThrottleState) -> ThrottleState:
    return replace(state, failures=0, failing_since=0.0, rests_until=0.0)


def record_failure(state: ThrottleState, limits: ThrottleLimits, now: datetime) -> ThrottleState:
    at = now.timestamp()
    broken = state.failures >= limits.failures
    if not broken and at - state.failing_since > limits.window:
        state = replace(state, failures=0, failing_since=at)
    if not broken:
        state = replace(state, failures=state.failures + 1)
    if state.failures >= limits.failures:
        return pause_calls(state, timedelta(seconds=limits.pause), now)
    return state


def pause_calls(state: ThrottleState, rest: timedelta, now: datetime) -> ThrottleState:
    """The provider asked to be left alone for so long."""
    until = now.timestamp() + min(rest, LONGEST_REST).total_seconds()
    return replace(state, rests_until=max(state.rests_until, until))
