"""Playing a story through a catalogue, and telling what came of it otherwise than it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy import Policies
from hub.catalogue.domain.policy.holdout import Holdout
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.episode import Episode, RecordedEpisode
from hub.model.event import HUB_SOURCE, Event
from hub.profile.domain.apply_event import apply_event
from hub.publishing.domain.stories.story import Story
from hub.publishing.domain.stories.story_event import StoryEvent
from hub.simulation.domain.what_if.virtual_time import (
    SimulationEnvironment,
    Turn,
    simulate_customer,
)
from hub.surroundings.domain.surroundings import Surroundings

MAX_TURNS = 200
STORY_SOURCE = "story"
_ADDRESSES = {"email": "somebody@example.com", "phone": "+442079460123"}
_PLACE = {
    "recipient": "Somebody",
    "street": "1 High Street",
    "postcode": "N1 1AA",
    "city": "London",
}


@dataclass(frozen=True, slots=True)
class Playthrough:
    """`before` is the customer at the beginning; `cut` if it would have gone on and on."""

    before: Customer
    turns: Sequence[Turn]
    unfinished: bool = False

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

    def final_state(self, strategy: str) -> str:
        """Where the dialogue stands at the end."""
        state = str(self.before.dialogues.get(strategy, {}).get("state", ""))
        for decision in self.decisions:
            state = decision.receipt["moved"].get(strategy, ("", state))[1]
        return state


def play_story(story: Story, catalogue: Catalogue, now: datetime) -> Playthrough:
    """Waits that are over before the story ends do end, and what is sent out is delivered.

    The customer may be addressed everywhere, agrees to everything and is held out of nothing, but
    for what `given` says. What is drawn comes from the story's id.
    """
    now = story.given.now or now
    before, around = build_customer(story, now), Surroundings(**_nest_fields(story, "surroundings"))
    records = list(_build_records(story, before, now))
    stage = SimulationEnvironment(
        find_surroundings=lambda _: around,
        build_delivered_event=_build_delivered_event,
        fit_customer=lambda customer: customer,
        until=records[-1].episode.decided_at,
    )
    turns = [*islice(simulate_customer(records, _remove_holdouts(catalogue), stage), MAX_TURNS + 1)]
    return Playthrough(before, turns[:MAX_TURNS], unfinished=len(turns) > MAX_TURNS)


def build_customer(story: Story, now: datetime) -> Customer:
    """Who they are when it begins."""
    blocks: dict[str, Any] = {
        "contact": {
            address.field: _make_address(address.field)
            for address in _ADDRESSES_OF_CHANNELS
            if address.block == "contact"
        },
        "place": dict(_PLACE),
        "consent": {c.name: dict.fromkeys(c.purposes, True) for c in CHANNELS.values()},
    }
    _merge(blocks, _nest_fields(story, "customer"))
    keys = blocks.pop("identities", {})
    identities = {
        name: tuple(known) if isinstance(known, list) else (str(known),)
        for name, known in keys.items()
    }
    customer = Customer(customer_id=f"story-{story.story_id}", identities=identities, **blocks)
    for number, earlier in enumerate(sorted(story.given.earlier, key=lambda e: -e.offset)):
        event = _build_event(story, f"earlier-{number}", earlier, now - earlier.offset)
        customer = apply_event(customer, event, now)
    return customer


_ADDRESSES_OF_CHANNELS = [channel.address for channel in CHANNELS.values() if channel.address]


def _make_address(field: str) -> str:
    return _ADDRESSES.get(field, f"somebody's {field}")


def _nest_fields(story: Story, root: str) -> dict[str, Any]:
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


def _build_records(story: Story, before: Customer, now: datetime) -> Iterator[RecordedEpisode]:
    """Each event as an episode of its own; passing time is one without events."""
    at = now
    for number, happening in enumerate(story.when):
        at += happening.offset
        events = (_build_event(story, str(number), happening, at),) if happening.type else ()
        yield RecordedEpisode(
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


def _build_event(story: Story, name: str, happening: StoryEvent, at: datetime) -> Event:
    return Event(
        id=f"{story.story_id}-{name}",
        type=happening.type,
        source=STORY_SOURCE,
        occurred_at=at,
        received_at=at,
        correlation_id=story.story_id,
        customer_id=f"story-{story.story_id}",
        traits=happening.traits,
        properties=happening.properties,
        context=happening.context,
    )


def _build_delivered_event(action: Action, at: datetime) -> Event:
    told = {"action_id": action.id, "channel": action.channel}
    return Event(
        id=f"{action.id}.delivered",
        type="action.delivered",
        source=HUB_SOURCE,
        occurred_at=at,
        received_at=at,
        correlation_id=action.correlation_id,
        customer_id=action.customer_id,
        properties={**told, **({"showing": action.showing} if action.showing else {})},
        hops=action.hops + 1,
    )


def _remove_holdouts(catalogue: Catalogue) -> Catalogue:
    live = tuple(p for p in catalogue.policies.live if not isinstance(p, Holdout))
    return replace(catalogue, policies=Policies(live))
