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
from hub.catalogue.domain.policy.holdout import Holdout
from hub.catalogue.domain.policy.suppression import Suppression
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.catalogue.domain.tables import Table
from hub.contact_policy.domain.contactability import MARKETING, check_consent, check_reachability
from hub.expression.domain import Expression, Scope
from hub.expression.domain.compare import reach
from hub.expression.domain.field_names import find_field
from hub.expression.domain.field_types import FieldKind, FieldTypes
from hub.model.addresses import find_addresses
from hub.model.channels import OUTBOUND_CHANNELS, PURPOSES
from hub.model.customer import Customer
from hub.model.event import HUB_SOURCE, Event

SHORTEST_INTERVAL = timedelta(hours=1)
MOST_COLUMNS = 50
FIXED_COLUMNS = ("customer_id",)
ADDRESS_COLUMN = "address"


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
        return (*FIXED_COLUMNS, *((ADDRESS_COLUMN,) if self.channel else ()), *self.columns)

    def period_name(self, now: datetime) -> str:
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
    audience_id = reader.read_key("audience_id")
    expression = reader.read_expression("expression", fields)
    if "expression" not in row:
        reader.add_problem("expression is missing: it says of whom the list is")
    columns = _read_columns(reader, fields)
    channel = reader.read_one_of("channel", OUTBOUND_CHANNELS) if row.get("channel") else ""
    purpose = reader.read_one_of("purpose", PURPOSES, MARKETING)
    every = reader.read_duration("every")
    if every and every < SHORTEST_INTERVAL:
        reader.add_problem("every is too often: a list is made anew once an hour at most")
    status = AudienceStatus(reader.read_one_of("status", [*AudienceStatus], AudienceStatus.DRAFT))
    if status is AudienceStatus.LIVE and not every and "every" not in row:
        reader.add_problem("every is missing: a live list is made anew, such as every 1d")
    reader.raise_if_invalid()
    wanted = cast("Expression", expression)  # a row without one was refused
    return Audience(audience_id, wanted, channel, purpose, columns, every, status)


AUDIENCES: Table[Audience] = Table("audiences", "audience_id", audience_from_row)


def _read_columns(reader: RowReader, fields: FieldTypes) -> tuple[str, ...]:
    columns = reader.read_names("columns")
    if len(columns) > MOST_COLUMNS:
        reader.add_problem(f"columns are {len(columns)}: the limit is {MOST_COLUMNS}")
    for column in columns:
        found = find_field(tuple(column.split(".")), fields.roots())
        if isinstance(found, str):
            reader.add_problem(f"columns, {found}")
        elif found.kind is FieldKind.BLOCK or column == "now":
            reader.add_problem(
                f"columns, {column} is no field of a customer: name one of its fields"
            )
    return columns


@dataclass(slots=True)
class AudienceCounts:
    """How a list came about: `scanned` customers, `count` of them on it, and, of those who match,
    by reason how many were left out."""

    scanned: int = 0
    count: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        left_out = dict(sorted(self.left_out.items()))
        return {"scanned": self.scanned, "count": self.count, "left_out": left_out}


@dataclass(frozen=True, slots=True)
class AudienceRun:
    """One making of a list: shown customer after customer, it says who is on it."""

    audience: Audience
    now: datetime
    policies: Policies = NO_POLICIES
    counts: AudienceCounts = field(default_factory=AudienceCounts)

    def select_row(self, customer: Customer) -> tuple[object, ...] | None:
        """The customer's cells, in the order of the header; None if they are not on the list."""
        if customer.erased:
            return None
        scope = Scope(_build_empty_event(self.now), customer, self.now)
        self.counts.scanned += 1
        if not self.audience.expression.matches(scope):
            return None
        known = find_addresses(customer, self.audience.channel)
        if self.audience.channel and (reason := self._find_closed_gate(scope, known)):
            self.counts.left_out[reason] += 1
            return None
        self.counts.count += 1
        address = known[:1] if self.audience.channel else ()
        return (customer.customer_id, *address, *self._read_cells(customer))

    def _read_cells(self, customer: Customer) -> Iterator[object]:
        for column in self.audience.columns:
            _, block, *names = column.split(".")
            yield reach(getattr(customer, block), *names)

    def _find_closed_gate(self, scope: Scope, known: tuple[str, ...]) -> str | None:
        channel, purpose = self.audience.channel, self.audience.purpose
        closed = check_consent(scope.customer, channel, purpose) or check_reachability(
            channel, known
        )
        if closed or purpose != MARKETING:
            return closed
        return next(self._find_marketing_gates(scope), None)

    def _find_marketing_gates(self, scope: Scope) -> Iterator[str]:
        """What bars all marketing there, whatever it is about."""
        channel = self.audience.channel
        for policy in self.policies.of_kind(Suppression):
            everything = policy.about.covers(channel, "", "", "")
            if everything and policy.when and policy.when.matches(scope):
                yield f"silence: {policy.reason}"
        for holdout in self.policies.of_kind(Holdout):
            everything = holdout.about.covers(channel, "", "", "")
            if everything and holdout.includes(scope.customer.customer_id):
                yield f"in the {holdout.group_name}"


def _build_empty_event(now: datetime) -> Event:
    """The event of an expression that is about none: it is of no type, so it counts as nothing."""
    return Event(
        id="", type="", source=HUB_SOURCE, occurred_at=now, received_at=now, correlation_id=""
    )
