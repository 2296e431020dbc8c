"""Compares what a story expects with what happened, in plain words."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hub.catalogue.domain.catalogue import Catalogue
from hub.kernel.errors import Rejected
from hub.model.action_content import Call, ConnectorCall, Message, Withdrawal
from hub.model.decision import Action
from hub.publishing.domain.stories.expectation import MESSAGE_FIELDS, Expectation, MessageFields
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
    """Plays a story. Returns a sentence for each mismatch; none if the story holds."""
    try:
        playthrough = play_story(story, catalogue, now)
    except Rejected as rejected:
        return [f"then could not be played: {rejected.reason}"]
    if playthrough.unfinished:
        return [f"then never ends: after {MAX_TURNS} events the story still goes on"]
    return list(_find_differences(story, playthrough))


def _find_differences(story: Story, playthrough: Playthrough) -> Iterator[str]:
    then = story.then
    yield from _find_message_differences(then, playthrough)
    for strategy, state in then.states.items():
        if (final := playthrough.final_state(strategy)) != state:
            actual = _describe_state(final)
            yield f"then.states.{strategy}: expected {_describe_state(state)}, got {actual}"
    yield from _find_missing("waits", then.waits, playthrough.waits)
    yield from _find_missing("emits", then.emits, playthrough.emits)
    effects = [
        *map(_describe_message, _list_messages(playthrough)),
        *(f"a wait for {wait}" for wait in playthrough.waits),
        *playthrough.emits,
    ]
    if then.nothing and effects:
        yield f"then.nothing: expected nothing, got {_join_limited(effects)}"


def _find_message_differences(then: Expectation, playthrough: Playthrough) -> Iterator[str]:
    messages = _list_messages(playthrough)
    for position, wanted in enumerate(then.messages, start=1):
        if not any(_matches(message, wanted) for message in messages):
            actual = _describe_actual(messages, playthrough)
            yield f"then.said[{position}]: expected {_describe_message(wanted)}, got {actual}"
    for position, unwanted in enumerate(then.unwanted_messages, start=1):
        for message in [message for message in messages if _matches(message, unwanted)][:1]:
            expected = _describe_message(unwanted)[2:]
            actual = _describe_message(message)
            yield f"then.not[{position}]: expected no {expected}, got {actual}"


def _find_missing(name: str, wanted: Iterable[str], event_types: list[str]) -> Iterator[str]:
    for event in wanted:
        if event not in event_types:
            yield f"then.{name}: expected {event}, got {_join_limited(event_types) or NOTHING}"


def _list_messages(playthrough: Playthrough) -> list[MessageFields]:
    return [_read_message_fields(action) for action in playthrough.actions]


def _read_message_fields(action: Action) -> MessageFields:
    what = action.what
    fields = {
        "rule": action.rule_id,
        "offer": action.offer,
        "channel": action.channel,
        "template": what.template if isinstance(what, Message | Call) else "",
        "queue": what.queue if isinstance(what, Call | Withdrawal) else "",
        "connector": what.connector if isinstance(what, ConnectorCall) else "",
    }
    return {name: value for name, value in fields.items() if value}


def _matches(message: MessageFields, wanted: MessageFields) -> bool:
    return wanted.items() <= message.items()


def _describe_message(message: MessageFields) -> str:
    """Writes `a message of rule welcome by email with template letter`."""
    phrases = (f"{_MESSAGE_PHRASES[f]} {message[f]}" for f in MESSAGE_FIELDS if f in message)
    return " ".join(["a message", *phrases])


def _describe_state(state: str) -> str:
    return f"the state {state!r}" if state else "no dialogue"


def _join_limited(texts: Iterable[str]) -> str:
    """Lists each text once, up to `_MAX_LISTED`."""
    unique = list(dict.fromkeys(texts))
    more = f" and {len(unique) - _MAX_LISTED} more" if len(unique) > _MAX_LISTED else ""
    return ", ".join(unique[:_MAX_LISTED]) + more


def _describe_actual(messages: Iterable[MessageFields], playthrough: Playthrough) -> str:
    """Describes the messages that were sent or, if there was none, the reason."""
    if sent := _join_limited(map(_describe_message, messages)):
        return sent
    reasons = [str(decision.receipt.get("sentence", "")) for decision in playthrough.decisions]
    return f"{NOTHING}: {' '.join(reasons[-_MAX_REASONS:])}".rstrip(": .")
