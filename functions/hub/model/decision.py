"""What was decided about one event: the actions, the timers and the receipt that explains them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from hub.kernel.times import parse_time, to_iso
from hub.learning.domain.feedback import Feedback
from hub.model.action_content import ActionContent, Message, content_from_dict
from hub.model.action_trace import Trace
from hub.model.attribution_entry import AttributionEntry
from hub.model.decision_outcome import DecisionOutcome
from hub.model.enrolment import Enrolment
from hub.model.quiet_hours import QuietPeriod

_NO_CONTENT = Message()


@dataclass(frozen=True, slots=True)
class Claim:
    """A share of what is scarce: `amount` of the capacity `name`, of which there is `limit`."""

    name: str
    amount: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do for a customer in one channel (`email`, `call`, `warehouse`).

    `id` is made of event, rule and verb index, so that any redelivery is the same action. `what`
    is the thing to do; `event` holds what a template may quote of the event: its id, type,
    occurred_at and properties. `state` is where the dialogue stood after the decision: once it
    moves on, the action is not wanted, nor is it once `goal` is reached. `path` names the rules
    that led to its event. `address` is the one chosen of the customer's; `offer` and `category` say
    what it is about; `showing` is what the learner is told when it went out (see
    `hub.learning.domain.feedback`). It is published only
    when all of `claims` are granted; a refusal is told as `action.refused` with `again`, from which
    the next best is decided. It does not go out in the hours of `quiet`.
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
    what: ActionContent = _NO_CONTENT
    event: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    offer: str = ""
    category: str = ""
    goal: str = ""
    showing: Mapping[str, Any] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    again: Mapping[str, Any] = field(default_factory=dict)
    quiet: tuple[QuietPeriod, ...] = ()

    @property
    def trace(self) -> Trace:
        return Trace(
            action_id=self.id,
            customer_id=self.customer_id,
            decision_id=self.decision_id,
            decided_at=to_iso(self.decided_at),
            channel=self.channel,
            rule_id=self.rule_id,
            strategy=self.strategy,
            offer=self.offer,
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        read = {name: parse_time(data[name]) for name in ("decided_at", "expires_at")}
        content = content_from_dict(data["channel"], data.get("what", {}))
        lists = {
            "path": tuple(data.get("path", ())),
            "claims": tuple(Claim(**claim) for claim in data.get("claims", ())),
            "quiet": tuple(map(QuietPeriod.from_dict, data.get("quiet", ()))),
        }
        return cls(**{**data, **read, **lists, "what": content})

    def to_dict(self) -> dict[str, Any]:
        """Without what only some actions have and this one has not."""
        read = {"decided_at": to_iso(self.decided_at), "expires_at": to_iso(self.expires_at)}
        data = {name: getattr(self, name) for name in _REQUIRED_FIELDS} | read
        data["what"] = self.what.to_dict()
        data |= {name: value for name in _OPTIONAL_FIELDS if (value := getattr(self, name))}
        lists = {
            "claims": [asdict(claim) for claim in self.claims],
            "quiet": [hours.to_dict() for hours in self.quiet],
        }
        return {
            **data,
            "path": list(self.path),
            **{n: found for n, found in lists.items() if found},
        }


_OPTIONAL_FIELDS = ("address", "offer", "category", "goal", "showing", "again")
_REQUIRED_FIELDS = tuple(
    f.name for f in fields(Action) if f.name not in (*_OPTIONAL_FIELDS, "claims", "path", "quiet")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A wait: at `due_at` the canonical event `event` (its JSON form) reaches the customer."""

    id: str
    customer_id: str
    due_at: datetime
    event: Mapping[str, Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "due_at": parse_time(data["due_at"])})

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "due_at": to_iso(self.due_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One event's decision. `receipt` is its explanation as JSON (see
    `hub.decisioning.domain.receipt`).

    `surroundings` names those it was made in. `resumed` are actions of earlier decisions that go
    out now, having been postponed. `emitted` are canonical events (their JSON) that the
    customer is sent next; `returned` are actions whose claims are given back, `completed` those
    that give back what they were only lent; `lessons` are what the learner is told; `attributions`
    are the sales it knows to be owed to earlier decisions, `marks` what became of those;
    `enrolments` are the experiments that the customer takes part in from now on, or whose goal they
    reached.
    """

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
    resumed: tuple[Action, ...] = ()
    surroundings: str = ""
    emitted: tuple[Mapping[str, Any], ...] = ()
    returned: tuple[str, ...] = ()
    completed: tuple[str, ...] = ()
    lessons: tuple[Feedback, ...] = ()
    attributions: tuple[AttributionEntry, ...] = ()
    marks: tuple[DecisionOutcome, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        data = dict(data)
        read = {
            name: tuple(map(kind.from_dict, data.get(name, ()))) for name, kind in _OBJECT_LISTS
        }
        plain = {name: tuple(data.get(name, ())) for name in _PLAIN_LISTS}
        return cls(**{**data, **read, **plain, "decided_at": parse_time(data["decided_at"])})

    def to_dict(self) -> dict[str, Any]:
        """Without the lists that are empty, but for the actions and timers."""
        lists: dict[str, Any] = {
            name: [one.to_dict() for one in getattr(self, name)] for name, _ in _OBJECT_LISTS
        }
        lists |= {name: list(getattr(self, name)) for name in _PLAIN_LISTS}
        kept = {name: v for name, v in lists.items() if v or name in ("actions", "timers")}
        plain = {name: getattr(self, name) for name in _PLAIN_FIELDS}
        return {**plain, "decided_at": to_iso(self.decided_at), **kept}


_OBJECT_LISTS: tuple[tuple[str, Any], ...] = (
    ("actions", Action),
    ("resumed", Action),
    ("timers", Timer),
    ("lessons", Feedback),
    ("attributions", AttributionEntry),
    ("marks", DecisionOutcome),
    ("enrolments", Enrolment),
)
_PLAIN_LISTS = ("emitted", "returned", "completed")
_PLAIN_FIELDS = (
    "id",
    "customer_id",
    "event_id",
    "event_type",
    "source",
    "catalogue",
    "correlation_id",
    "receipt",
    "surroundings",
)
