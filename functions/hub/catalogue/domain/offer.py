"""An offer: to whom it is made, until when, with what goal, and its treatment on each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from hub.catalogue.domain.row_reader import (
    A_NAME,
    AN_EVENT_TYPE,
    EVENT_TYPE_PATTERN,
    NAME_PATTERN,
    Row,
    RowReader,
)
from hub.catalogue.domain.validity import Validity
from hub.expression.domain import Expression, Scope
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.digest import digest
from hub.model.channels import CHANNELS

MOST_CONTACTS = 50
MOST_WEIGHT = 1000.0
MOST_CONTENT = 2000
CALENDAR_PERIODS = ("day", "week", "month")
EVER = "ever"


class OfferStatus(StrEnum):
    """A draft is only checked. A paused offer is not made."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How an offer is presented on one channel. `placements` are those at which it may be shown
    (empty: any). Only a call has a `queue`."""

    template: str
    placements: tuple[str, ...] = ()
    queue: str = ""


@dataclass(frozen=True)
class Goal:
    """What the offer is for: an event of this type for which `when` holds."""

    event: str
    when: Expression | None = None

    def is_reached_by(self, scope: Scope) -> bool:
        """Whether the event reaches the goal. The event must be of the goal's type."""
        return self.when is None or self.when.matches(scope)

    @cached_property
    def name(self) -> str:
        """The same for all offers with the same goal."""
        return f"{self.event}|{digest(self.when.text, 6)}" if self.when else self.event


@dataclass(frozen=True, slots=True)
class Offer:
    """Something of value that a customer may be given. Money is in minor units.

    `value` is what reaching the goal is worth, and the ranking multiplies it by `weight`. `cost` is
    the cost of making the offer once, without the cost of the channel. The offer is made only while
    `product` is in stock. Once its goal is reached it is not made again, or not before
    `again_after`.

    `caps` is period (day, week, month, ever) -> how often one customer may get it. `total` is how
    often all customers together may get it, and `budget` what that may cost; 0 is no limit. A sale
    that names one of the campaign `codes` is attributed to the offer. `content` is what templates
    show of it, under any names: an image, a price, a headline.
    """

    offer_id: str
    name: str
    status: OfferStatus
    tags: tuple[str, ...]
    codes: tuple[str, ...]
    category: str
    eligible: Expression | None
    validity: Validity
    product: str
    goal: Goal | None
    again_after: timedelta | None
    value: float
    weight: float
    cost: int
    caps: Mapping[str, int]
    total: int
    budget: int
    treatments: Mapping[str, Treatment]
    partner: str
    priority: int
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template_values(self) -> dict[str, Any]:
        """The variable `offer` of templates."""
        fixed = {"id": self.offer_id, "name": self.name, "partner": self.partner}
        return {**self.content, **fixed}


def offer_from_row(row: Row, fields: FieldTypes) -> Offer:
    """Reads an offer. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    offer = Offer(
        offer_id=reader.read_key("offer_id"),
        name=reader.read_text("name"),
        status=OfferStatus(reader.read_one_of("status", [*OfferStatus], OfferStatus.DRAFT)),
        tags=reader.read_names("tags"),
        codes=reader.read_names("codes"),
        category=reader.read_text("category"),
        eligible=reader.read_expression("eligible", fields),
        validity=Validity.read(reader),
        product=reader.read_text("product"),
        goal=_read_goal(reader, fields),
        again_after=reader.read_duration("again_after"),
        value=reader.read_number("value", 0),
        weight=reader.read_number("weight", 1, most=MOST_WEIGHT),
        cost=reader.read_whole_number("cost"),
        caps=reader.read_counts("caps", (*CALENDAR_PERIODS, EVER), MOST_CONTACTS),
        total=reader.read_whole_number("total"),
        budget=reader.read_whole_number("budget"),
        treatments=_read_treatments(reader),
        partner=reader.read_text("partner"),
        priority=reader.read_whole_number("priority"),
        content=_read_content(reader),
    )
    _check_consistency(offer, reader)
    reader.raise_if_invalid()
    return offer


def _check_consistency(offer: Offer, reader: RowReader) -> None:
    if offer.validity.is_empty():
        reader.add_problem("ends is not after starts: the offer would never be made")
    for name in ("cost", "total", "budget"):
        if getattr(offer, name) < 0:
            reader.add_problem(f"{name} is negative")
    if offer.budget and not offer.cost:
        reader.add_problem("budget is never spent: it needs a cost for each time the offer is made")
    if offer.again_after and not offer.goal:
        reader.add_problem("again_after counts from the goal: it needs a goal")


def _read_goal(reader: RowReader, fields: FieldTypes) -> Goal | None:
    if not reader.row.get("goal"):
        if "goal_when" in reader.row:
            reader.add_problem("goal_when needs a goal")
        return None
    event = reader.read_text("goal", EVENT_TYPE_PATTERN, expected=AN_EVENT_TYPE)
    return Goal(event, reader.read_expression("goal_when", fields.for_event(event)))


def _read_treatments(reader: RowReader) -> dict[str, Treatment]:
    rows = reader.row.get("treatments")
    if not isinstance(rows, Mapping) or not rows:
        reader.add_problem(
            "treatments must be a map of channels, such as {'email': {'template': 'beans'}}"
        )
        return {}
    treatments = {}
    for channel, row in rows.items():
        if channel not in CHANNELS:
            suggestion = format_suggestion(find_nearest(str(channel), CHANNELS))
            reader.add_problem(f"treatments.{channel} is no channel{suggestion}")
        elif isinstance(row, Mapping):
            treatments[channel] = _read_treatment(reader, channel, row)
        else:
            reader.add_problem(
                f"treatments.{channel} is {quote_value(row)}: it must be a map with a template"
            )
    return treatments


def _read_content(reader: RowReader) -> Mapping[str, Any]:
    content = reader.row.get("content", {})
    if not isinstance(content, Mapping) or not all(isinstance(name, str) for name in content):
        reader.add_problem(
            f"content is {quote_value(content)}: it must be a map such as {{'price': 1999}}"
        )
        return {}
    if len(to_canonical_json(content)) > MOST_CONTENT:
        reader.add_problem(
            f"content is longer than {MOST_CONTENT} characters: each message carries it"
        )
    return content


_TREATMENT_ATTRIBUTES = ("template", "placement", "queue")


def _read_treatment(reader: RowReader, channel: str, row: Row) -> Treatment:
    inner = RowReader(row)
    treatment = Treatment(
        template=inner.read_text("template", NAME_PATTERN, expected=A_NAME),
        placements=inner.read_names("placement"),
        queue=inner.read_text(
            "queue", NAME_PATTERN if channel == "call" else None, expected=A_NAME
        ),
    )
    for name in row.keys() - set(_TREATMENT_ATTRIBUTES):
        suggestion = format_suggestion(find_nearest(str(name), _TREATMENT_ATTRIBUTES))
        inner.add_problem(f"{name} is not known here{suggestion}")
    for problem in inner.problems:
        reader.add_problem(f"treatments.{channel}.{problem}")
    return treatment
