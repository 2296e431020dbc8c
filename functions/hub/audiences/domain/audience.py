"""A target list: the customers for whom an expression holds, with the columns of a campaign.

The expression is a condition over customers and what they did. A list for a channel has only
customers who may be contacted there, and none of a control group.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from hub.catalogue.domain.policy import NO_POLICIES, Policies
from hub.catalogue.domain.policy.holdout import Holdout
from hub.catalogue.domain.policy.suppression import Suppression
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.catalogue.domain.tables import Table
from hub.contact_policy.domain.contactability import (
    MARKETING,
    check_consent,
    find_open_addresses,
)
from hub.expression.domain import Expression, Scope
from hub.expression.domain.compare import reach
from hub.expression.domain.field_names import find_field
from hub.expression.domain.field_types import FieldKind, FieldTypes
from hub.kernel.errors import explain_fault
from hub.kernel.json_types import Json
from hub.model.channels import OUTBOUND_CHANNELS, PURPOSES
from hub.model.customer import Customer
from hub.model.event import HUB_SOURCE, Event
from hub.profile.domain.public_view import omit_public_traits
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings

SHORTEST_INTERVAL = timedelta(hours=1)
MOST_COLUMNS = 50
FIXED_COLUMNS = ("customer_id",)
ADDRESS_COLUMN = "address"


class AudienceStatus(StrEnum):
    """The status of a target list. A live one is refreshed at its interval."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Audience:
    """The definition of a target list.

    With an empty `channel` the list is for no channel and consent does not matter. `columns` are
    fields of the customer, such as `customer.contact.email`. `every` is the interval; without it
    the list is only made on request."""

    audience_id: str
    expression: Expression
    channel: str = ""
    purpose: str = MARKETING
    columns: tuple[str, ...] = ()
    every: timedelta | None = None
    status: AudienceStatus = AudienceStatus.DRAFT

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns in the file."""
        return (*FIXED_COLUMNS, *((ADDRESS_COLUMN,) if self.channel else ()), *self.columns)

    def period_name(self, now: datetime) -> str:
        """Names the period of a list made at `now`, a time in the hub's time zone.

        The name is the period's first day, with the hour if the interval is no whole number of
        days. Weeks start on Monday."""
        length = self.every or timedelta(days=1)
        local_time = now.replace(tzinfo=None)
        start = local_time - (local_time - datetime.min) % length  # noqa: DTZ901 a local time
        is_whole_days = length % timedelta(days=1) == timedelta()
        return start.strftime("%Y-%m-%d" if is_whole_days else "%Y-%m-%dT%H")


def audience_from_row(row: Row, fields: FieldTypes) -> Audience:
    """Reads an audience. Raises `InvalidRow` with all problems of the row."""
    fields = fields.for_customers()
    reader = RowReader(row)
    audience_id = reader.read_key("audience_id")
    expression = reader.read_expression("expression", fields)
    if "expression" not in row:
        reader.add_problem("expression is missing: it says which customers are on the list")
    columns = _read_columns(reader, fields)
    channel = reader.read_one_of("channel", OUTBOUND_CHANNELS) if row.get("channel") else ""
    purpose = reader.read_one_of("purpose", PURPOSES, MARKETING)
    every = reader.read_duration("every")
    if every and every < SHORTEST_INTERVAL:
        reader.add_problem("every is too often: a list is refreshed once an hour at most")
    status = AudienceStatus(reader.read_one_of("status", [*AudienceStatus], AudienceStatus.DRAFT))
    if status is AudienceStatus.LIVE and not every and "every" not in row:
        reader.add_problem("every is missing: how often a live list is refreshed, such as 1d")
    reader.raise_if_invalid()
    condition = cast("Expression", expression)  # a row without one is invalid
    return Audience(audience_id, condition, channel, purpose, columns, every, status)


AUDIENCES: Table[Audience] = Table("audiences", "audience_id", audience_from_row)


def _read_columns(reader: RowReader, fields: FieldTypes) -> tuple[str, ...]:
    columns = reader.read_names("columns")
    if len(columns) > MOST_COLUMNS:
        reader.add_problem(f"columns are {len(columns)}: the limit is {MOST_COLUMNS}")
    for column in columns:
        declared = find_field(tuple(column.split(".")), fields.roots())
        if isinstance(declared, str):
            reader.add_problem(f"columns, {declared}")
        elif declared.kind is FieldKind.BLOCK or column == "now":
            reader.add_problem(
                f"columns, {column} is not a field of a customer: name one of its fields"
            )
    return columns


@dataclass(slots=True)
class AudienceCounts:
    """The counts of one run: `scanned` customers, `count` of them on the list, and the number of
    matching customers who were left out, by reason."""

    scanned: int = 0
    count: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Json]:
        left_out = dict(sorted(self.left_out.items()))
        return {"scanned": self.scanned, "count": self.count, "left_out": left_out}


@dataclass(frozen=True, slots=True)
class AudienceRun:
    """One run of a list: it selects customers one after the other and counts them."""

    audience: Audience
    now: datetime
    policies: Policies = NO_POLICIES
    surroundings: Surroundings = NO_SURROUNDINGS
    counts: AudienceCounts = field(default_factory=AudienceCounts)

    def select_row(self, customer: Customer) -> tuple[object, ...] | None:
        """Builds the customer's row, in the order of the header; None if not on the list.

        A customer on whom the list or a policy fails is left out, with the reason in `counts`."""
        if customer.erased:
            return None
        self.counts.scanned += 1
        try:
            row = self._build_row(customer)
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
            self.counts.left_out[explain_fault(error)] += 1
            return None
        self.counts.count += row is not None
        return row

    def _build_row(self, customer: Customer) -> tuple[object, ...] | None:
        scope = Scope(_build_empty_event(self.now), customer, self.now, self.surroundings)
        if not self.audience.expression.matches(scope):
            return None
        channel, purpose = self.audience.channel, self.audience.purpose
        addresses, unreachable = find_open_addresses(customer, channel, purpose)
        if channel and (reason := self._find_closed_gate(scope, unreachable)):
            self.counts.left_out[reason] += 1
            return None
        address = addresses[:1] if channel else ()
        return (customer.customer_id, *address, *self._read_cells(omit_public_traits(customer)))

    def _read_cells(self, customer: Customer) -> Iterator[object]:
        for column in self.audience.columns:
            _, block, *names = column.split(".")
            yield reach(getattr(customer, block), *names)

    def _find_closed_gate(self, scope: Scope, unreachable: str | None) -> str | None:
        """Finds the reason for which the customer may not be contacted on the channel."""
        channel, purpose = self.audience.channel, self.audience.purpose
        reason = check_consent(scope.customer, channel, purpose) or unreachable
        if reason or purpose != MARKETING:
            return reason
        return next(self._find_marketing_gates(scope), None)

    def _find_marketing_gates(self, scope: Scope) -> Iterator[str]:
        """Yields the policies that forbid all marketing on the channel, whatever it is about."""
        channel = self.audience.channel
        for policy in self.policies.of_kind(Suppression):
            covers_all = policy.about.covers(channel, "", "", "")
            if covers_all and policy.when and policy.when.matches(scope):
                yield f"silence: {policy.reason}"
        for holdout in self.policies.of_kind(Holdout):
            covers_all = holdout.about.covers(channel, "", "", "")
            if covers_all and holdout.includes(scope.customer.customer_id):
                yield f"in the {holdout.group_name}"


def _build_empty_event(now: datetime) -> Event:
    """Builds the event for an expression that is about none. It has no type, so no function counts
    it."""
    return Event(
        id="", type="", source=HUB_SOURCE, occurred_at=now, received_at=now, correlation_id=""
    )
