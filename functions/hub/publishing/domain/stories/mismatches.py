"""What a story expected and what came instead, in plain words."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hub.catalogue.domain.catalogue import Catalogue
from hub.kernel.errors import Rejected
from hub.model.decision import Action
from hub.publishing.domain.stories.expectation import MESSAGE_FIELDS, MessageFields
from hub.publishing.domain.stories.playthrough import MAX_TURNS, Playthrough, play_story
from hub.publishing.domain.stories.story import Story

_MESSAGE_PHRASES = {
    "rule": "of rule",
    "offer": "with offer",
    "channel": "by",
    "template": "with template",
}
_MESSAGE_PHRASES |= {"queue": "in queue", "connector": "to connector"}
NOTHING = "nothing"
_MAX_REASONS, _MAX_LISTED = 3, 5


def find_mismatches(story: Story, catalogue: Catalogue, now: datetime) -> list[str]:
    """Empty when it goes as it says."""
    try:
        found = play_story(story, catalogue, now)
    except Rejected as rejected:
        return [f"then could not be played: {rejected.reason}"]
    if found.unfinished:
        return [f"then never came to an end: after {MAX_TURNS} events it went on"]
    return list(_find_differences(story, found))


def _find_differences(story: Story, playthrough: Playthrough) -> Iterator[str]:
    then = story.then
    told = [_read_message_fields(action) for action in playthrough.actions]
    for place, wanted in enumerate(then.messages, start=1):
        if not any(_matches(one, wanted) for one in told):
            actual = _describe_actual(told, playthrough)
            yield f"then.said[{place}]: expected {_describe_message(wanted)}, got {actual}"
    for place, unwanted in enumerate(then.unwanted_messages, start=1):
        for one in [one for one in told if _matches(one, unwanted)][:1]:
            unexpected = _describe_message(unwanted)[2:]
            yield f"then.not[{place}]: expected no {unexpected}, got {_describe_message(one)}"
    for strategy, state in then.states.items():
        if (stands := playthrough.final_state(strategy)) != state:
            actual = _describe_state(stands)
            yield f"then.states.{strategy}: expected {_describe_state(state)}, got {actual}"
    yield from _find_missing("waits", then.waits, playthrough.waits)
    yield from _find_missing("emits", then.emits, playthrough.emits)
    done = [
        *map(_describe_message, told),
        *(f"a wait for {wait}" for wait in playthrough.waits),
        *playthrough.emits,
    ]
    if then.nothing and done:
        yield f"then.nothing: expected nothing, got {_join_limited(done)}"


def _find_missing(name: str, wanted: Iterable[str], event_types: list[str]) -> Iterator[str]:
    for event in wanted:
        if event not in event_types:
            yield f"then.{name}: expected {event}, got {_join_limited(event_types) or NOTHING}"


def _read_message_fields(action: Action) -> MessageFields:
    said = {
        "rule": action.rule_id,
        "offer": action.offer,
        "channel": action.channel,
        "template": str(action.what.get("template", "")),
        "queue": str(action.what.get("queue", "")),
        "connector": str(action.what.get("connector", "")),
    }
    return {word: value for word, value in said.items() if value}


def _matches(told: MessageFields, wanted: MessageFields) -> bool:
    return wanted.items() <= told.items()


def _describe_message(words: MessageFields) -> str:
    """`a message of rule welcome by email with template letter`."""
    return " ".join(
        ["a message", *(f"{_MESSAGE_PHRASES[w]} {words[w]}" for w in MESSAGE_FIELDS if w in words)]
    )


def _describe_state(state: str) -> str:
    return f"the state {state!r}" if state else "no dialogue"


def _join_limited(things: Iterable[str]) -> str:
    """Each once, and not too many."""
    found = list(dict.fromkeys(things))
    more = f" and {len(found) - _MAX_LISTED} more" if len(found) > _MAX_LISTED else ""
    return ", ".join(found[:_MAX_LISTED]) + more


def _describe_actual(told: Iterable[MessageFields], playthrough: Playthrough) -> str:
    """What was said instead or, where nothing was, why."""
    if said := _join_limited(map(_describe_message, told)):
        return said
    why = [str(decision.receipt.get("sentence", "")) for decision in playthrough.decisions]
    return f"{NOTHING}: {' '.join(why[-_MAX_REASONS:])}".rstrip(": .")
