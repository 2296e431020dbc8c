"""Playing a story through a catalogue, and telling what came of it otherwise than it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy import Holdout, Policies
from hub.catalogue.domain.template import PURPOSES
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.episode import Episode, Recorded
from hub.model.event import Event
from hub.profile.domain.apply_event import remember
from hub.publishing.domain.stories.story import Story
from hub.publishing.domain.stories.story_event import Happening
from hub.simulation.domain.what_if.virtual_time import HUB, Stage, Turn, play
from hub.surroundings.domain.surroundings import Surroundings

MOST_TURNS = 200
SOURCE = "story"
_ADDRESSES = {"email": "somebody@example.com", "phone": "+442079460123"}
_PLACE = {
    "recipient": "Somebody",
    "street": "1 High Street",
    "postcode": "N1 1AA",
    "city": "London",
}


@dataclass(frozen=True, slots=True)
class Played:
    """`before` is the customer at the beginning; `cut` if it would have gone on and on."""

    before: Customer
    turns: Sequence[Turn]
    cut: bool = False

    @property
    def decisions(self) -> list[Decision]:
        return [turn.decision for turn in self.turns if turn.decision]

    @property
    def actions(self) -> list[Action]:
        return [action for decision in self.decisions for action in decision.actions]

    @property
    def waits(self) -> list[str]:
        return [str(timer.event["type"]) for d in self.decisions for timer in d.timers]

    @property
    def emits(self) -> list[str]:
        return [str(emitted["type"]) for d in self.decisions for emitted in d.emitted]

    def state(self, strategy: str) -> str:
        """Where the dialogue stands at the end."""
        state = str(self.before.dialogues.get(strategy, {}).get("state", ""))
        for decision in self.decisions:
            state = decision.receipt["moved"].get(strategy, ("", state))[1]
        return state


def played(story: Story, catalogue: Catalogue, now: datetime) -> Played:
    """Waits that are over before the story ends do end, and what is sent out is delivered.

    The customer may be addressed everywhere, agrees to everything and is held out of nothing, but
    for what `given` says. What is drawn comes from the story's id.
    """
    now = story.given.now or now
    before, around = customer_of(story, now), Surroundings(**_nested(story, "surroundings"))
    records = list(_records(story, before, now))
    stage = Stage(
        surroundings=lambda _: around,
        delivered=_delivered,
        fitted=lambda customer: customer,
        until=records[-1].episode.decided_at,
    )
    turns = [*islice(play(records, _without_holdouts(catalogue), stage), MOST_TURNS + 1)]
    return Played(before, turns[:MOST_TURNS], cut=len(turns) > MOST_TURNS)


def customer_of(story: Story, now: datetime) -> Customer:
    """Who they are when it begins."""
    blocks: dict[str, Any] = {
        "contact": {c.field: _address(c.field) for c in _OUTBOUND if c.block == "contact"},
        "place": dict(_PLACE),
        "consent": {c.name: dict.fromkeys(PURPOSES, True) for c in CHANNELS.values()},
    }
    _merge(blocks, _nested(story, "customer"))
    keys = blocks.pop("identities", {})
    identities = {
        name: tuple(known) if isinstance(known, list) else (str(known),)
        for name, known in keys.items()
    }
    customer = Customer(customer_id=f"story-{story.story_id}", identities=identities, **blocks)
    for number, earlier in enumerate(sorted(story.given.earlier, key=lambda e: -e.apart)):
        event = _event(story, f"earlier-{number}", earlier, now - earlier.apart)
        customer = remember(customer, event, now)
    return customer


_OUTBOUND = [channel for channel in CHANNELS.values() if not channel.inbound]


def _address(field: str) -> str:
    return _ADDRESSES.get(field, f"somebody's {field}")


def _nested(story: Story, root: str) -> dict[str, Any]:
    """The given fields of `root` as maps in maps."""
    found: dict[str, Any] = {}
    for path, value in story.given.fields.items():
        first, *parents, last = path.split(".")
        if first == root:
            place = found
            for name in parents:
                place = place.setdefault(name, {})
            place[last] = value
    return found


def _merge(into: dict[str, Any], given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _records(story: Story, before: Customer, now: datetime) -> Iterator[Recorded]:
    """Each event as an episode of its own; passing time is one without events."""
    at = now
    for number, happening in enumerate(story.when):
        at += happening.apart
        events = (_event(story, str(number), happening, at),) if happening.type else ()
        yield Recorded(
            before,
            Episode(
                customer_id=before.customer_id,
                version=number,
                decided_at=at,
                catalogue=0,
                surroundings="",
                seed=story.story_id,
                events=events,
                decisions=(),
            ),
        )


def _event(story: Story, name: str, happening: Happening, at: datetime) -> Event:
    return Event(
        id=f"{story.story_id}-{name}",
        type=happening.type,
        source=SOURCE,
        occurred_at=at,
        received_at=at,
        correlation_id=story.story_id,
        customer_id=f"story-{story.story_id}",
        traits=happening.traits,
        properties=happening.properties,
        context=happening.context,
    )


def _delivered(action: Action, at: datetime) -> Event:
    told = {"action_id": action.id, "channel": action.channel}
    return Event(
        id=f"{action.id}.delivered",
        type="action.delivered",
        source=HUB,
        occurred_at=at,
        received_at=at,
        correlation_id=action.correlation_id,
        customer_id=action.customer_id,
        properties={**told, **({"showing": action.showing} if action.showing else {})},
        hops=action.hops + 1,
    )


def _without_holdouts(catalogue: Catalogue) -> Catalogue:
    live = tuple(p for p in catalogue.policies.live if not isinstance(p, Holdout))
    return replace(catalogue, policies=Policies(live))
