"""The policies that bind every rule and offer: rows of one table, told apart by `kind`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Self

from hub.domain.channels import CHANNELS
from hub.domain.errors import Rejected
from hub.domain.expression import Expression
from hub.domain.fields import FieldTypes
from hub.domain.learning.propensity import Learner
from hub.domain.offer import CALENDAR, MOST_CONTACTS, MOST_WEIGHT
from hub.domain.rows import A_NAME, NAME, Row, RowReader
from hub.domain.template import PURPOSES

STATUSES = ("draft", "live", "paused")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEFER, NEXT_CHANNEL = "defer", "next_channel"
HOUR, DAY, MONTH, EVER, AT_ONCE = "hour", "day", "month", "ever", "at_once"


@dataclass(frozen=True, slots=True)
class About:
    """What a policy is about; what it does not name, it does not ask for."""

    channel: str = ""
    category: str = ""
    offer: str = ""
    strategy: str = ""

    def covers(self, channel: str, category: str, offer: str, strategy: str) -> bool:
        return (
            self.channel in ("", channel)
            and self.category in ("", category)
            and self.offer in ("", offer)
            and self.strategy in ("", strategy)
        )

    def __str__(self) -> str:
        named = (self.channel, self.category, self.offer, self.strategy)
        return " ".join(filter(None, named)) or "all"


ANYTHING = About()


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most so many marketing messages a day, week, month of the customer's own calendar."""

    about: About
    most: Mapping[str, int]

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        most = reader.counts("most", CALENDAR, MOST_CONTACTS)
        if not most and "most" not in reader.row:
            reader.say("most is missing: it wants a map such as {'day': 1, 'week': 3}")
        return cls(_about(reader, "channel", "category"), most)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` of the customer's own clock, over midnight where that is earlier, on
    the `days` on which it starts, messages of `purposes` wait (`defer`) or go another way."""

    about: About
    start: time
    end: time
    days: tuple[str, ...]
    purposes: tuple[str, ...]
    then: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        days = tuple(day.lower() for day in reader.names("days"))
        for day in set(days) - set(DAYS):
            reader.say(f"days, {day!r} is no day of the week such as sunday")
        start, end = _clock(reader, "from"), _clock(reader, "to")
        if start == end and "from" in reader.row:
            reader.say("to is the same as from: the hours would have no length")
        purpose = reader.one_of("purpose", (*PURPOSES, "all"), "marketing")
        return cls(
            _about(reader, "channel"),
            start,
            end,
            days,
            PURPOSES if purpose == "all" else (purpose,),
            reader.one_of("then", (DEFER, NEXT_CHANNEL), DEFER),
        )

    def ends_at(self, now: datetime) -> datetime | None:
        """The end of the quiet hours in which `now`, of the customer's clock, falls."""
        for back in (0, 1):
            day = (now - timedelta(days=back)).date()
            begins = datetime.combine(day, self.start, now.tzinfo)
            ends = datetime.combine(day, self.end, now.tzinfo)
            if self.end <= self.start:
                ends += timedelta(days=1)
            if begins <= now < ends and (not self.days or DAYS[day.weekday()] in self.days):
                return ends
        return None


@dataclass(frozen=True, slots=True)
class Holdout:
    """A share of all customers, always the same ones, who do not get an offer, a strategy or, where
    neither is named, any marketing (the universal control group)."""

    about: About
    percent: float
    salt: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        if "percent" not in reader.row:
            reader.say("percent is missing: it is the share of customers who are held out")
        salt = reader.text("salt") or str(reader.row.get("policy_id", ""))
        percent = reader.number("percent", 0, most=100)
        return cls(_about(reader, "offer", "strategy"), percent, salt)

    def holds(self, customer_id: str) -> bool:
        return share(self.salt, customer_id) * 100 < self.percent


@dataclass(frozen=True, slots=True)
class Suppression:
    """Silence while `when` holds of the customer, such as an open complaint."""

    about: About
    when: Expression | None
    reason: str

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        when = reader.expression("when", fields)
        if "when" not in reader.row:
            reader.say("when is missing: a condition such as seen('complaint.filed', days=14)")
        about = _about(reader, "channel", "category", "offer", "strategy")
        return cls(about, when, reader.text("reason") or (when.text if when else ""))


@dataclass(frozen=True, slots=True)
class Capacity:
    """A call queue takes so many calls an hour or day, or so many at once."""

    name: str
    queue: str
    slots: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        queue = reader.text("queue", NAME, wanted=A_NAME)
        slots = reader.whole("slots")
        if slots < 1:
            reader.say("slots wants a whole number from 1")
        return cls(f"queue:{queue}", queue, slots, reader.one_of("per", (HOUR, DAY, AT_ONCE), HOUR))


@dataclass(frozen=True, slots=True)
class Budget:
    """What messages may cost in all, in minor units, per day, month or ever."""

    name: str
    about: About
    amount: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        amount = reader.whole("amount")
        if amount < 1:
            reader.say("amount wants a whole number of minor units from 1")
        about = _about(reader, "channel", "category", "offer", "strategy")
        name = f"budget:{reader.row.get('policy_id', '')}"
        return cls(name, about, amount, reader.one_of("per", (DAY, MONTH, EVER), MONTH))


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What a message on the channel costs, in minor units."""

    channel: str
    cost: float

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        return cls(reader.one_of("channel", tuple(CHANNELS)), reader.number("cost", 0))


@dataclass(frozen=True, slots=True)
class ContextWeight:
    """While `when` holds, what it is about counts so much more, or less."""

    about: About
    tag: str
    when: Expression | None
    weight: float

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        if "weight" not in reader.row:
            reader.say("weight is missing: 2 counts double, 0.5 half")
        about = _about(reader, "channel", "category", "offer", "strategy")
        when = reader.expression("when", fields)
        return cls(about, reader.text("tag"), when, reader.number("weight", 1, most=MOST_WEIGHT))


@dataclass(frozen=True, slots=True)
class Learning:
    """What propensities are learned from; see `hub.domain.learning`."""

    learner: Learner

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        words = {n: reader.row[n] for n in ("features", "half_life", "expected") if n in reader.row}
        try:
            return cls(Learner.from_dict(words))
        except (Rejected, AttributeError, TypeError) as wrong:
            reader.say(_of_learning(wrong))
            return cls(Learner())


def _of_learning(wrong: Exception) -> str:
    if isinstance(wrong, Rejected):
        known = wrong.reason.startswith(("features", "half_life", "expected"))
        return wrong.reason if known else f"features, {wrong.reason}"
    return "features wants a list of maps such as {'name': 'customer.loyalty.tier'}"


Policy = (
    FrequencyCap
    | QuietHours
    | Holdout
    | Suppression
    | Capacity
    | Budget
    | ChannelCost
    | ContextWeight
    | Learning
)
_KINDS: Mapping[str, Callable[[RowReader, FieldTypes], Policy]] = {
    "frequency_cap": FrequencyCap.read,
    "quiet_hours": QuietHours.read,
    "holdout": Holdout.read,
    "suppression": Suppression.read,
    "capacity": Capacity.read,
    "budget": Budget.read,
    "channel_cost": ChannelCost.read,
    "context_weight": ContextWeight.read,
    "learning": Learning.read,
}
KINDS = tuple(_KINDS)


def policy_from_row(row: Row, fields: FieldTypes) -> Policy | None:
    """None while it is a draft or paused. Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    reader.key("policy_id")
    status = reader.one_of("status", STATUSES, "draft")
    kind = reader.one_of("kind", KINDS)
    policy = _KINDS[kind](reader, fields) if kind else None
    reader.finish()
    return policy if status == "live" else None


@dataclass(frozen=True)
class Policies:
    """All that are live, by kind."""

    live: tuple[Policy, ...] = field(default_factory=tuple)

    @classmethod
    def of(cls, policies: Iterable[Policy | None]) -> Self:
        return cls(tuple(policy for policy in policies if policy is not None))

    @cached_property
    def frequency_caps(self) -> tuple[FrequencyCap, ...]:
        return tuple(p for p in self.live if isinstance(p, FrequencyCap))

    @cached_property
    def quiet_hours(self) -> tuple[QuietHours, ...]:
        return tuple(p for p in self.live if isinstance(p, QuietHours))

    @cached_property
    def holdouts(self) -> tuple[Holdout, ...]:
        return tuple(p for p in self.live if isinstance(p, Holdout))

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        return tuple(p for p in self.live if isinstance(p, Suppression))

    @cached_property
    def capacities(self) -> Mapping[str, tuple[Capacity, ...]]:
        found: dict[str, tuple[Capacity, ...]] = {}
        for policy in self.live:
            if isinstance(policy, Capacity):
                found[policy.queue] = (*found.get(policy.queue, ()), policy)
        return found

    @cached_property
    def budgets(self) -> tuple[Budget, ...]:
        return tuple(p for p in self.live if isinstance(p, Budget))

    @cached_property
    def costs(self) -> Mapping[str, float]:
        return {p.channel: p.cost for p in self.live if isinstance(p, ChannelCost)}

    @cached_property
    def context_weights(self) -> tuple[ContextWeight, ...]:
        return tuple(p for p in self.live if isinstance(p, ContextWeight))

    @cached_property
    def learner(self) -> Learner:
        return next((p.learner for p in self.live if isinstance(p, Learning)), Learner())


NO_POLICIES = Policies()


def share(salt: str, customer_id: str) -> float:
    """Where between 0 and 1 a customer falls: evenly, for ever, and apart for each salt."""
    name = f"{salt}\0{customer_id}".encode()
    return int.from_bytes(blake2b(name, digest_size=6).digest()) / 2**48


def _about(reader: RowReader, *names: str) -> About:
    said = {name: reader.text(name) for name in names}
    if said.get("channel"):
        reader.one_of("channel", tuple(CHANNELS))
    return About(**said)


def _clock(reader: RowReader, name: str) -> time:
    text = reader.text(name)
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        reader.say(
            f"{name} {text!r} is not a time of day such as 21:00" if text else f"{name} is missing"
        )
        return time()
