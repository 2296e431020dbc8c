"""A decision about one event, and its parts: actions with their claims, and timers.

All times are aware; in JSON they are in ISO 8601."""

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
    """A share of a capacity: `amount` of the capacity `name`, which has `limit` in all."""

    name: str
    amount: int
    limit: int


@dataclass(frozen=True, slots=True)
class SuppressionCondition:
    """A condition of the customer, in the language of `hub.expression.domain`. While it holds, the
    action is not sent, for `reason`."""

    when: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do outside for a customer, on one channel (`email`, `call`, `warehouse`).

    - `id` is derived from the event, the rule and the position of the verb, so that a repeated
      action has the same id.
    - `what` is the content: a message, a call, a request to a connector, a record.
    - `event` is what a template may quote of the event: its id, type, occurred_at and properties.
    - `path` has the ids of the rules that led to the event.
    - `state` is the state of the dialogue after the decision. If the dialogue moves on, or the
      `goal` is reached, the action is not carried out.
    - `address` is the one of the customer's addresses that it goes to.
    - `offer` and `category` are what it is about.
    - `showing` is the JSON form of `hub.learning.domain.feedback.Exposure`. The learner counts it
      when the action was delivered.
    - `claims` must all be granted before it is published. If one is refused, the customer gets the
      event `action.refused`, and `again` is what is decided again then (see
      `hub.decisioning.domain.reconsideration`).
    - `quiet` has the quiet hours in which it is not sent.
    - `suppressions` are the conditions of the policies that may stop it.
    - `stop` is why a postponed action is not sent: a gate that was closed when it was resumed.
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
    suppressions: tuple[SuppressionCondition, ...] = ()
    stop: str = ""

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
        times = {name: parse_time(data[name]) for name in ("decided_at", "expires_at")}
        content = content_from_dict(data["channel"], data.get("what", {}))
        lists = {
            "path": tuple(data.get("path", ())),
            "claims": tuple(Claim(**claim) for claim in data.get("claims", ())),
            "quiet": tuple(map(QuietPeriod.from_dict, data.get("quiet", ()))),
            "suppressions": tuple(SuppressionCondition(**c) for c in data.get("suppressions", ())),
        }
        return cls(**{**data, **times, **lists, "what": content})

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, without the optional members that are empty."""
        times = {"decided_at": to_iso(self.decided_at), "expires_at": to_iso(self.expires_at)}
        data = {name: getattr(self, name) for name in _REQUIRED_FIELDS} | times
        data["what"] = self.what.to_dict()
        data |= {name: value for name in _OPTIONAL_FIELDS if (value := getattr(self, name))}
        lists = {
            "claims": [asdict(claim) for claim in self.claims],
            "quiet": [hours.to_dict() for hours in self.quiet],
            "suppressions": list(map(asdict, self.suppressions)),
        }
        return {
            **data,
            "path": list(self.path),
            **{name: entries for name, entries in lists.items() if entries},
        }


_OPTIONAL_FIELDS = ("address", "offer", "category", "goal", "showing", "again", "stop")
_LISTS = ("claims", "path", "quiet", "suppressions")
_REQUIRED_FIELDS = tuple(
    f.name for f in fields(Action) if f.name not in (*_OPTIONAL_FIELDS, *_LISTS)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A wait that ends at `due_at`. Then the customer gets `event`, a canonical event as JSON."""

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
    """The decision about one event.

    - `receipt` explains it, in JSON (see `hub.decisioning.domain.receipt`).
    - `surroundings` is the name of the surroundings in the archive; empty if nothing was known.
    - `resumed` are postponed actions of earlier decisions that are carried out now.
    - `emitted` are canonical events in JSON form that the customer gets next.
    - `returned` are the ids of actions that were not carried out: all their claims end.
    - `completed` are the ids of actions that are over: their claims that are loans end (see
      `hub.surroundings.domain.capacity`).
    - `lessons` are the feedback for the learner.
    - `attributions` are sales that earlier decisions caused, and `marks` the outcomes of earlier
      decisions.
    - `enrolments` are the experiments in which the customer was enrolled, or whose goal they
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
        object_lists = {
            name: tuple(map(kind.from_dict, data.get(name, ()))) for name, kind in _OBJECT_LISTS
        }
        plain_lists = {name: tuple(data.get(name, ())) for name in _PLAIN_LISTS}
        decided_at = parse_time(data["decided_at"])
        return cls(**{**data, **object_lists, **plain_lists, "decided_at": decided_at})

    def to_dict(self) -> dict[str, Any]:
        """The JSON form. Of empty lists it has only `actions` and `timers`."""
        lists: dict[str, Any] = {
            name: [entry.to_dict() for entry in getattr(self, name)] for name, _ in _OBJECT_LISTS
        }
        lists |= {name: list(getattr(self, name)) for name in _PLAIN_LISTS}
        kept = {n: entries for n, entries in lists.items() if entries or n in ("actions", "timers")}
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
