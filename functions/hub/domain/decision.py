"""What was decided about one event: the actions, the timers and the receipt that explains them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from hub.domain.times import iso, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do for a customer in one channel (`email`, `call`, `warehouse`).

    `id` is made of event, rule and verb index, so that any redelivery is the same action.
    `what` holds the verb's own words (template, purpose, queue, reason, dataset); `event` holds
    what a template may quote of the event: its id, type, occurred_at and properties. `state` is
    where the dialogue stood after the decision: once it moves on, the action is not wanted.
    `path` names the rules that led to its event.
    """

    id: str
    channel: str
    customer_id: str
    decision_id: str
    rule_id: str
    strategy: str
    state: str
    catalogue: int
    decided_at: datetime
    expires_at: datetime
    correlation_id: str
    hops: int
    path: tuple[str, ...] = ()
    what: Mapping[str, Any] = field(default_factory=dict)
    event: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        times = {name: moment(data[name]) for name in ("decided_at", "expires_at")}
        return cls(**{**data, **times, "path": tuple(data.get("path", ()))})

    def to_dict(self) -> dict[str, Any]:
        times = {"decided_at": iso(self.decided_at), "expires_at": iso(self.expires_at)}
        return {**asdict(self), **times, "path": list(self.path)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A wait: at `due_at` the canonical event `event` (its JSON form) reaches the customer."""

    id: str
    customer_id: str
    due_at: datetime
    event: Mapping[str, Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "due_at": moment(data["due_at"])})

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "due_at": iso(self.due_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One event's decision. `receipt` is its explanation as JSON (see `hub.domain.receipt`)."""

    id: str
    customer_id: str
    event_id: str
    event_type: str
    source: str
    decided_at: datetime
    catalogue: int
    correlation_id: str
    receipt: Mapping[str, Any]
    actions: tuple[Action, ...] = ()
    timers: tuple[Timer, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            **{
                **data,
                "decided_at": moment(data["decided_at"]),
                "actions": tuple(map(Action.from_dict, data["actions"])),
                "timers": tuple(map(Timer.from_dict, data["timers"])),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "decided_at": iso(self.decided_at),
            "actions": [action.to_dict() for action in self.actions],
            "timers": [timer.to_dict() for timer in self.timers],
        }


_PLAIN = (
    "id",
    "customer_id",
    "event_id",
    "event_type",
    "source",
    "catalogue",
    "correlation_id",
    "receipt",
)
