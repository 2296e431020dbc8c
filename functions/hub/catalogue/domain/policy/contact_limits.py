"""When, and to whom, nothing is said: caps, quiet hours, held-out customers, suppression."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from hashlib import blake2b
from typing import Self

from hub.catalogue.domain.offer import CALENDAR_PERIODS, MOST_CONTACTS
from hub.catalogue.domain.policy.scope import ANYTHING, PolicyScope, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.catalogue.domain.template import PURPOSES
from hub.expression.domain import Expression
from hub.expression.domain.field_types import FieldTypes
from hub.model.quiet_hours import WEEKDAYS, QuietPeriod

DEFER, NEXT_CHANNEL = "defer", "next_channel"


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most so many marketing messages a day, week, month of the customer's own calendar."""

    about: PolicyScope
    most: Mapping[str, int]

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        most = reader.read_counts("most", CALENDAR_PERIODS, MOST_CONTACTS)
        if not most and "most" not in reader.row:
            reader.add_problem("most is missing: it wants a map such as {'day': 1, 'week': 3}")
        return cls(read_policy_scope(reader, "channel", "category"), most)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """In these hours of the customer's own clock messages of `purposes` wait (`defer`) or go
    another way."""

    about: PolicyScope
    hours: QuietPeriod
    purposes: tuple[str, ...]
    then: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        days = tuple(day.lower() for day in reader.read_names("days"))
        for day in set(days) - set(WEEKDAYS):
            reader.add_problem(f"days, {day!r} is no day of the week such as sunday")
        start, end = _read_time_of_day(reader, "from"), _read_time_of_day(reader, "to")
        if start == end and "from" in reader.row:
            reader.add_problem("to is the same as from: the hours would have no length")
        purpose = reader.read_one_of("purpose", (*PURPOSES, "all"), "marketing")
        return cls(
            read_policy_scope(reader, "channel"),
            QuietPeriod(start, end, days),
            PURPOSES if purpose == "all" else (purpose,),
            reader.read_one_of("then", (DEFER, NEXT_CHANNEL), DEFER),
        )

    def covers(self, channel: str, purpose: str) -> bool:
        return self.about.channel in ("", channel) and purpose in self.purposes


@dataclass(frozen=True, slots=True)
class Holdout:
    """A share of all customers, always the same ones, who do not get an offer, a strategy or, where
    neither is named, any marketing (the universal control group)."""

    about: PolicyScope
    percent: float
    salt: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes) -> Self:
        if "percent" not in reader.row:
            reader.add_problem("percent is missing: it is the share of customers who are held out")
        salt = reader.read_text("salt") or str(reader.row.get("policy_id", ""))
        percent = reader.read_number("percent", 0, most=100)
        return cls(read_policy_scope(reader, "offer", "strategy"), percent, salt)

    @property
    def group_name(self) -> str:
        everybody = self.about == ANYTHING
        return "universal control group" if everybody else f"holdout of {self.about}"

    def includes(self, customer_id: str) -> bool:
        return hash_to_unit_interval(self.salt, customer_id) * 100 < self.percent


@dataclass(frozen=True, slots=True)
class Suppression:
    """Silence while `when` holds of the customer, such as an open complaint."""

    about: PolicyScope
    when: Expression | None
    reason: str

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes) -> Self:
        when = reader.read_expression("when", fields)
        if "when" not in reader.row:
            reader.add_problem(
                "when is missing: a condition such as seen('complaint.filed', days=14)"
            )
        about = read_policy_scope(reader, "channel", "category", "offer", "strategy")
        return cls(about, when, reader.read_text("reason") or (when.text if when else ""))


def hash_to_unit_interval(salt: str, customer_id: str) -> float:
    """Where between 0 and 1 a customer falls: evenly, for ever, and apart for each salt."""
    name = f"{salt}\0{customer_id}".encode()
    return int.from_bytes(blake2b(name, digest_size=6).digest()) / 2**48


def _read_time_of_day(reader: RowReader, name: str) -> time:
    text = reader.read_text(name)
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        reader.add_problem(
            f"{name} {text!r} is not a time of day such as 21:00" if text else f"{name} is missing"
        )
        return time()
