"""An offer of the central repository: to whom, until when, what for, and how it is said where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from hub.catalogue.domain.row_reader import A_NAME, AN_EVENT_TYPE, EVENT_TYPE, NAME, Row, RowReader
from hub.expression.domain import Expression, Scope
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.canonical_json import canonical_json
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.digest import digest
from hub.model.channels import CHANNELS

MOST_CONTACTS = 50
MOST_WEIGHT = 1000.0
MOST_CONTENT = 2000
CALENDAR = ("day", "week", "month")
EVER = "ever"


class OfferStatus(StrEnum):
    """`draft` is only checked, `paused` is not made."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How an offer is said on a channel. `placements` are where on it (none: anywhere); a call has
    a `queue`."""

    template: str
    placements: tuple[str, ...] = ()
    queue: str = ""


@dataclass(frozen=True)
class Goal:
    """What the customer is to do: the event, and what must hold of it."""

    event: str
    when: Expression | None = None

    def holds(self, scope: Scope) -> bool:
        """Whether the event, which is of the goal's type, reaches it."""
        return self.when is None or self.when.matches(scope)

    @cached_property
    def name(self) -> str:
        """One for all offers with the same goal."""
        return f"{self.event}|{digest(self.when.text, 6)}" if self.when else self.event


@dataclass(frozen=True, slots=True)
class Offer:
    """Money is in minor units. `value` is what reaching the goal is worth, `weight` the marketer's
    lever on it, `cost` what making the offer costs beside its channel. It is made only while
    `product` is in stock; once its goal is reached it is not made again, or not before
    `again_after`. `caps` are how often one customer gets it (day, week, month, ever), `total` how
    often all do; `budget` is what making it may cost in all. `codes` are campaign codes: a sale
    that names one is owed to it. `content` is what templates show of it, by any name: an image, a
    price, a headline.
    """

    offer_id: str
    name: str
    status: OfferStatus
    tags: tuple[str, ...]
    codes: tuple[str, ...]
    category: str
    eligible: Expression | None
    starts: datetime | None
    ends: datetime | None
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
    def told(self) -> dict[str, Any]:
        """What a template may say of it."""
        named = {"id": self.offer_id, "name": self.name, "partner": self.partner}
        return {**self.content, **named}


def offer_from_row(row: Row, fields: FieldTypes) -> Offer:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    offer = Offer(
        offer_id=reader.key("offer_id"),
        name=reader.text("name"),
        status=OfferStatus(reader.one_of("status", [*OfferStatus], OfferStatus.DRAFT)),
        tags=reader.names("tags"),
        codes=reader.names("codes"),
        category=reader.text("category"),
        eligible=reader.expression("eligible", fields),
        starts=reader.time("starts"),
        ends=reader.time("ends", end=True),
        product=reader.text("product"),
        goal=_goal(reader, fields),
        again_after=reader.lasting("again_after"),
        value=reader.number("value", 0),
        weight=reader.number("weight", 1, most=MOST_WEIGHT),
        cost=reader.whole("cost"),
        caps=reader.counts("caps", (*CALENDAR, EVER), MOST_CONTACTS),
        total=reader.whole("total"),
        budget=reader.whole("budget"),
        treatments=_treatments(reader),
        partner=reader.text("partner"),
        priority=reader.whole("priority"),
        content=_content(reader),
    )
    _check(offer, reader)
    reader.finish()
    return offer


def _check(offer: Offer, reader: RowReader) -> None:
    if offer.starts and offer.ends and offer.ends <= offer.starts:
        reader.say("ends is not after starts: the offer would never be made")
    for name in ("cost", "total", "budget"):
        if getattr(offer, name) < 0:
            reader.say(f"{name} is negative")
    if offer.budget and not offer.cost:
        reader.say("budget is never spent: it wants a cost for each time the offer is made")
    if offer.again_after and not offer.goal:
        reader.say("again_after counts from the goal: it wants a goal")


def _goal(reader: RowReader, fields: FieldTypes) -> Goal | None:
    if not reader.row.get("goal"):
        if "goal_when" in reader.row:
            reader.say("goal_when wants a goal")
        return None
    event = reader.text("goal", EVENT_TYPE, wanted=AN_EVENT_TYPE)
    return Goal(event, reader.expression("goal_when", fields.for_event(event)))


def _treatments(reader: RowReader) -> dict[str, Treatment]:
    said = reader.row.get("treatments")
    if not isinstance(said, Mapping) or not said:
        reader.say("treatments wants a map of channels, such as {'email': {'template': 'beans'}}")
        return {}
    found = {}
    for channel, words in said.items():
        if channel not in CHANNELS:
            close = did_you_mean(nearest(str(channel), CHANNELS))
            reader.say(f"treatments.{channel} is no channel{close}")
        elif isinstance(words, Mapping):
            found[channel] = _treatment(reader, channel, words)
        else:
            reader.say(f"treatments.{channel} is {quoted(words)}: it wants a map with a template")
    return found


def _content(reader: RowReader) -> Mapping[str, Any]:
    said = reader.row.get("content", {})
    if not isinstance(said, Mapping) or not all(isinstance(name, str) for name in said):
        reader.say(f"content is {quoted(said)}: it wants a map such as {{'price': 1999}}")
        return {}
    if len(canonical_json(said)) > MOST_CONTENT:
        reader.say(
            f"content is longer than {MOST_CONTENT} characters: it travels with each message"
        )
    return said


_WORDS = ("template", "placement", "queue")


def _treatment(reader: RowReader, channel: str, words: Mapping[str, Any]) -> Treatment:
    inner = RowReader(words)
    treatment = Treatment(
        template=inner.text("template", NAME, wanted=A_NAME),
        placements=inner.names("placement"),
        queue=inner.text("queue", NAME if channel == "call" else None, wanted=A_NAME),
    )
    for word in words.keys() - set(_WORDS):
        inner.say(f"{word} is not known here{did_you_mean(nearest(str(word), _WORDS))}")
    for problem in inner.problems:
        reader.say(f"treatments.{channel}.{problem}")
    return treatment
