"""What a story expected and what came instead, in plain words."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hub.catalogue.domain.catalogue import Catalogue
from hub.kernel.errors import Rejected
from hub.model.decision import Action
from hub.publishing.domain.stories.expectation import WORDS, Words
from hub.publishing.domain.stories.playthrough import MOST_TURNS, Played, played
from hub.publishing.domain.stories.story import Story

_PLACED = {"rule": "of rule", "offer": "with offer", "channel": "by", "template": "with template"}
_PLACED |= {"queue": "in queue", "connector": "to connector"}
NOTHING = "nothing"
_REASONS, _MOST = 3, 5


def failures(story: Story, catalogue: Catalogue, now: datetime) -> list[str]:
    """Empty when it goes as it says."""
    try:
        found = played(story, catalogue, now)
    except Rejected as rejected:
        return [f"then could not be played: {rejected.reason}"]
    if found.cut:
        return [f"then never came to an end: after {MOST_TURNS} events it went on"]
    return list(_differences(story, found))


def _differences(story: Story, found: Played) -> Iterator[str]:
    then = story.then
    told = [_words_of(action) for action in found.actions]
    for place, wanted in enumerate(then.said, start=1):
        if not any(_fits(one, wanted) for one in told):
            yield f"then.said[{place}]: expected {_message(wanted)}, got {_got(told, found)}"
    for place, unwanted in enumerate(then.unsaid, start=1):
        for one in [one for one in told if _fits(one, unwanted)][:1]:
            yield f"then.not[{place}]: expected no {_message(unwanted)[2:]}, got {_message(one)}"
    for strategy, state in then.states.items():
        if (stands := found.state(strategy)) != state:
            yield f"then.states.{strategy}: expected {_state(state)}, got {_state(stands)}"
    yield from _missing("waits", then.waits, found.waits)
    yield from _missing("emits", then.emits, found.emits)
    done = [*map(_message, told), *(f"a wait for {wait}" for wait in found.waits), *found.emits]
    if then.nothing and done:
        yield f"then.nothing: expected nothing, got {_listed(done)}"


def _missing(name: str, wanted: Iterable[str], found: list[str]) -> Iterator[str]:
    for event in wanted:
        if event not in found:
            yield f"then.{name}: expected {event}, got {_listed(found) or NOTHING}"


def _words_of(action: Action) -> Words:
    said = {
        "rule": action.rule_id,
        "offer": action.offer,
        "channel": action.channel,
        "template": str(action.what.get("template", "")),
        "queue": str(action.what.get("queue", "")),
        "connector": str(action.what.get("connector", "")),
    }
    return {word: value for word, value in said.items() if value}


def _fits(told: Words, wanted: Words) -> bool:
    return wanted.items() <= told.items()


def _message(words: Words) -> str:
    """`a message of rule welcome by email with template letter`."""
    return " ".join(["a message", *(f"{_PLACED[w]} {words[w]}" for w in WORDS if w in words)])


def _state(state: str) -> str:
    return f"the state {state!r}" if state else "no dialogue"


def _listed(things: Iterable[str]) -> str:
    """Each once, and not too many."""
    found = list(dict.fromkeys(things))
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(found[:_MOST]) + more


def _got(told: Iterable[Words], found: Played) -> str:
    """What was said instead or, where nothing was, why."""
    if said := _listed(map(_message, told)):
        return said
    why = [str(decision.receipt.get("sentence", "")) for decision in found.decisions]
    return f"{NOTHING}: {' '.join(why[-_REASONS:])}".rstrip(": .")
