"""`quiet_hours`: hours of the customer's clock in which nothing is sent."""

from dataclasses import dataclass
from datetime import time
from typing import ClassVar, Self

from hub.catalogue.domain.policy.schema import TEXT, choose_from
from hub.catalogue.domain.policy.scope import PolicyScope, build_scope_properties, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject
from hub.model.channels import PURPOSES
from hub.model.quiet_hours import WEEKDAYS, QuietPeriod

DEFER, NEXT_CHANNEL = "defer", "next_channel"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """In these hours of the customer's clock, no messages of `purposes` are sent.

    `then` says what happens instead: `defer` sends them when the hours end, `next_channel` chooses
    another channel.
    """

    KIND: ClassVar[str] = "quiet_hours"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            **build_scope_properties("channel"),
            "from": TEXT,
            "to": TEXT,
            "days": {"type": ["array", "string"]},
            "purpose": choose_from(*PURPOSES, "all"),
            "then": choose_from(DEFER, NEXT_CHANNEL),
        },
        "required": ["from", "to"],
    }
    about: PolicyScope
    hours: QuietPeriod
    purposes: tuple[str, ...]
    then: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
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
        """Whether it applies to messages of the purpose on the channel."""
        return self.about.channel in ("", channel) and purpose in self.purposes


def _read_time_of_day(reader: RowReader, name: str) -> time:
    text = reader.read_text(name)
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        reader.add_problem(
            f"{name} {text!r} is not a time of day such as 21:00" if text else f"{name} is missing"
        )
        return time()
