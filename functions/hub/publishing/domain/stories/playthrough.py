"""Plays a story through a catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy import Policies
from hub.catalogue.domain.policy.holdout import Holdout
from hub.kernel.json_types import Json, JsonObject
from hub.model.action_trace import TRACE
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
    """A played story. `before` is the customer at the beginning. It is `unfinished` if it stopped
    after `MAX_TURNS`."""

    before: Customer
    turns: Sequence[Turn]
    unfinished: bool = False

    @property
    def decisions(self) -> list[Decision]:
        """All decisions of the story."""
        return [turn.decision for turn in self.turns if turn.decision]

    @property
    def actions(self) -> list[Action]:
        """All actions of the decisions."""
        return [action for decision in self.decisions for action in decision.actions]

    @property
    def waits(self) -> list[str]:
        """The event types in which the timers end."""
        return [str(timer.event["type"]) for d in self.decisions for timer in d.timers]

    @property
    def emits(self) -> list[str]:
        """The event types that rules emitted."""
        return [str(emitted["type"]) for d in self.decisions for emitted in d.emitted]

    def final_state(self, strategy: str) -> str:
        """The state of the strategy's dialogue at the end; empty if it has not begun."""
        state = str(self.before.dialogues.get(strategy, {}).get("state", ""))
        for decision in self.decisions:
            state = decision.receipt["moved"].get(strategy, ("", state))[1]
        return state


def play_story(story: Story, catalogue: Catalogue, now: datetime) -> Playthrough:
    """Plays the story. Waits end if their time comes before the story's end, and every message is
    delivered.

    Unless `given` says otherwise, the customer has every address and every consent. There are no
    holdouts. Random draws are seeded with the story's id.
    """
    now = story.given.now or now
    before = build_customer(story, now)
    surroundings = Surroundings(**_nest_fields(story, "surroundings"))
    records = list(_build_records(story, before, now))
    environment = SimulationEnvironment(
        find_surroundings=lambda _: surroundings,
        build_delivered_event=_build_delivered_event,
        fit_customer=lambda customer: customer,
        until=records[-1].episode.decided_at,
    )
    simulation = simulate_customer(records, _remove_holdouts(catalogue), environment)
    turns = [*islice(simulation, MAX_TURNS + 1)]
    return Playthrough(before, turns[:MAX_TURNS], unfinished=len(turns) > MAX_TURNS)


def build_customer(story: Story, now: datetime) -> Customer:
    """Builds the customer at the beginning of a story."""
    blocks: dict[str, Json] = {
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
        namespace: tuple(values) if isinstance(values, list) else (str(values),)
        for namespace, values in keys.items()
    }
    customer = Customer(customer_id=f"story-{story.story_id}", identities=identities, **blocks)
    for number, earlier in enumerate(sorted(story.given.earlier, key=lambda e: -e.offset)):
        event = _build_event(story, f"earlier-{number}", earlier, now - earlier.offset)
        customer = apply_event(customer, event, now)
    return customer


_ADDRESSES_OF_CHANNELS = [channel.address for channel in CHANNELS.values() if channel.address]


def _make_address(field: str) -> str:
    return _ADDRESSES.get(field, f"somebody's {field}")


def _nest_fields(story: Story, root: str) -> dict[str, Json]:
    """Nests the given fields of `root` in objects."""
    nested: dict[str, Json] = {}
    for path, value in story.given.fields.items():
        first, *parents, last = path.split(".")
        if first == root:
            block = nested
            for name in parents:
                block = block.setdefault(name, {})
            block[last] = value
    return nested


def _merge(target: dict[str, Json], fields: JsonObject) -> None:
    for name, value in fields.items():
        if isinstance(value, Mapping) and isinstance(target.get(name), dict):
            _merge(target[name], value)
        else:
            target[name] = value


def _build_records(story: Story, before: Customer, now: datetime) -> Iterator[RecordedEpisode]:
    """Yields an episode for each event; one in which only time passes has no events."""
    at = now
    for number, story_event in enumerate(story.when):
        at += story_event.offset
        events = (_build_event(story, str(number), story_event, at),) if story_event.type else ()
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


def _build_event(story: Story, name: str, story_event: StoryEvent, at: datetime) -> Event:
    return Event(
        id=f"{story.story_id}-{name}",
        type=story_event.type,
        source=STORY_SOURCE,
        occurred_at=at,
        received_at=at,
        correlation_id=story.story_id,
        customer_id=f"story-{story.story_id}",
        traits=story_event.traits,
        properties=story_event.properties,
        context=story_event.context,
    )


def _build_delivered_event(action: Action, at: datetime) -> Event:
    optional = {
        "showing": action.showing,
        "answer_within": action.what.words.get("answer_within"),
    }
    return Event(
        id=f"{action.id}.delivered",
        type="action.delivered",
        source=HUB_SOURCE,
        occurred_at=at,
        received_at=at,
        correlation_id=action.correlation_id,
        customer_id=action.customer_id,
        properties={
            "action_id": action.id,
            "channel": action.channel,
            **{name: value for name, value in optional.items() if value},
        },
        context={TRACE: action.trace.to_dict()},
        hops=action.hops + 1,
    )


def _remove_holdouts(catalogue: Catalogue) -> Catalogue:
    live = tuple(p for p in catalogue.policies.live if not isinstance(p, Holdout))
    return replace(catalogue, policies=Policies(live))
