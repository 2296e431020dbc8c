"""A target list: the customers of whom an expression holds, with the columns a campaign asks for.

It is written in the rules' own language, over customers and what they did. A list for a channel has
only those who may be contacted there, and never those whom a control group holds out.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from hub.catalogue.domain.policy import NO_POLICIES, Policies
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.catalogue.domain.template import PURPOSES
from hub.contact_policy.domain.contactability import MARKETING, not_consented, unreachable
from hub.expression.domain import Expression, Scope
from hub.expression.domain.compare import reach
from hub.expression.domain.field_names import find
from hub.expression.domain.field_types import FieldTypes, Kind
from hub.model.channels import OUTBOUND, addresses
from hub.model.customer import Customer
from hub.model.event import Event

SHORTEST = timedelta(hours=1)
MOST_COLUMNS = 50
ALWAYS = ("customer_id",)
ADDRESS = "address"


class AudienceStatus(StrEnum):
    """`live`: made anew as often as it says."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Audience:
    """`channel` empty: for no channel, so that nobody's consent is asked. `columns` are fields of
    the customer, `customer.contact.email`; `every` None: only when somebody asks for it."""

    audience_id: str
    expression: Expression
    channel: str = ""
    purpose: str = MARKETING
    columns: tuple[str, ...] = ()
    every: timedelta | None = None
    status: AudienceStatus = AudienceStatus.DRAFT

    @property
    def header(self) -> tuple[str, ...]:
        return (*ALWAYS, *((ADDRESS,) if self.channel else ()), *self.columns)

    def period(self, now: datetime) -> str:
        """The name of the time that the list of `now`, on its owner's clock, is for: its first day,
        with the hour where it is made more than daily. Weeks begin on Monday."""
        length = self.every or timedelta(days=1)
        here = now.replace(tzinfo=None)
        begun = here - (here - datetime.min) % length  # noqa: DTZ901 a clock on a wall has no zone
        whole_days = length % timedelta(days=1) == timedelta()
        return begun.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%dT%H")


def audience_from_row(row: Row, fields: FieldTypes) -> Audience:
    """Raises `RowRefused` with all problems of the row."""
    fields = fields.for_customers()
    reader = RowReader(row)
    audience_id = reader.key("audience_id")
    expression = reader.expression("expression", fields)
    if "expression" not in row:
        reader.say("expression is missing: it says of whom the list is")
    columns = _columns(reader, fields)
    channel = reader.one_of("channel", OUTBOUND) if row.get("channel") else ""
    purpose = reader.one_of("purpose", PURPOSES, MARKETING)
    every = reader.lasting("every")
    if every and every < SHORTEST:
        reader.say("every is too often: a list is made anew once an hour at most")
    status = AudienceStatus(reader.one_of("status", [*AudienceStatus], AudienceStatus.DRAFT))
    if status is AudienceStatus.LIVE and not every and "every" not in row:
        reader.say("every is missing: a live list is made anew, such as every 1d")
    reader.finish()
    wanted = cast("Expression", expression)  # a row without one was refused
    return Audience(audience_id, wanted, channel, purpose, columns, every, status)


def _columns(reader: RowReader, fields: FieldTypes) -> tuple[str, ...]:
    columns = reader.names("columns")
    if len(columns) > MOST_COLUMNS:
        reader.say(f"columns are {len(columns)}: the limit is {MOST_COLUMNS}")
    for column in columns:
        found = find(tuple(column.split(".")), fields.roots())
        if isinstance(found, str):
            reader.say(f"columns, {found}")
        elif found.kind is Kind.BLOCK or column == "now":
            reader.say(f"columns, {column} is no field of a customer: name one of its fields")
    return columns


@dataclass(slots=True)
class Tally:
    """How a list came about: `scanned` customers, `count` of them on it, and, of those who match,
    by reason how many were left out."""

    scanned: int = 0
    count: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        left_out = dict(sorted(self.left_out.items()))
        return {"scanned": self.scanned, "count": self.count, "left_out": left_out}


@dataclass(frozen=True, slots=True)
class Listing:
    """One making of a list: shown customer after customer, it says who is on it."""

    audience: Audience
    now: datetime
    policies: Policies = NO_POLICIES
    tally: Tally = field(default_factory=Tally)

    def row(self, customer: Customer) -> tuple[object, ...] | None:
        """The customer's cells, in the order of the header; None if they are not on the list."""
        if customer.erased:
            return None
        scope = Scope(_nothing_happens(self.now), customer, self.now)
        self.tally.scanned += 1
        if not self.audience.expression.matches(scope):
            return None
        known = addresses(customer, self.audience.channel)
        if self.audience.channel and (reason := self._closed(scope, known)):
            self.tally.left_out[reason] += 1
            return None
        self.tally.count += 1
        address = known[:1] if self.audience.channel else ()
        return (customer.customer_id, *address, *self._cells(customer))

    def _cells(self, customer: Customer) -> Iterator[object]:
        for column in self.audience.columns:
            _, block, *names = column.split(".")
            yield reach(getattr(customer, block), *names)

    def _closed(self, scope: Scope, known: tuple[str, ...]) -> str | None:
        channel, purpose = self.audience.channel, self.audience.purpose
        closed = not_consented(scope.customer, channel, purpose) or unreachable(channel, known)
        if closed or purpose != MARKETING:
            return closed
        return next(self._barred(scope), None)

    def _barred(self, scope: Scope) -> Iterator[str]:
        """What bars all marketing there, whatever it is about."""
        channel = self.audience.channel
        for policy in self.policies.suppressions:
            everything = policy.about.covers(channel, "", "", "")
            if everything and policy.when and policy.when.matches(scope):
                yield f"silence: {policy.reason}"
        for holdout in self.policies.holdouts:
            everything = holdout.about.covers(channel, "", "", "")
            if everything and holdout.holds(scope.customer.customer_id):
                yield f"in the {holdout.group}"


def _nothing_happens(now: datetime) -> Event:
    """The event of an expression that is about none: it is of no type, so it counts as nothing."""
    return Event(
        id="", type="", source="segue", occurred_at=now, received_at=now, correlation_id=""
    )
