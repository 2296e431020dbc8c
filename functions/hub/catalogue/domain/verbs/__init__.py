"""The verbs that a rule may use, in the order in which problems list them."""

from collections.abc import Mapping

from hub.catalogue.domain.verbs.append import AppendRecord
from hub.catalogue.domain.verbs.call import PlaceCall
from hub.catalogue.domain.verbs.emit import EmitEvent
from hub.catalogue.domain.verbs.notify import NotifySystem
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.catalogue.domain.verbs.send import SendMessage
from hub.catalogue.domain.verbs.set_trait import SetTrait
from hub.catalogue.domain.verbs.suppress import Suppress
from hub.catalogue.domain.verbs.update import UpdateSystem
from hub.catalogue.domain.verbs.verb import Verb
from hub.catalogue.domain.verbs.wait import Wait
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value

_IN_ORDER: tuple[type[Verb], ...] = (
    SendMessage,
    MakeOffer,
    PlaceCall,
    UpdateSystem,
    NotifySystem,
    AppendRecord,
    SetTrait,
    Wait,
    EmitEvent,
    Suppress,
)
VERBS: Mapping[str, type[Verb]] = {verb.do: verb for verb in _IN_ORDER}
"""`do` -> verb."""


def read_verb(place: str, entry: object) -> tuple[Verb | None, list[str]]:
    """Reads an entry of `then`. Returns the verb or the problems, each of which begins with
    `place`, such as `then[1]`."""
    if not isinstance(entry, Mapping):
        return None, [
            f"{place} is {quote_value(entry)}: it must be a map such as {{'do': 'send', ...}}"
        ]
    do = entry.get("do")
    if not isinstance(do, str) or do not in VERBS:
        return None, [f"{place} {_describe_unknown_verb(entry)}"]
    verb = VERBS[do]
    if problems := [f"{place} {do}: {problem}" for problem in verb.words.find_problems(entry)]:
        return None, problems
    return verb.from_words({name: word for name, word in entry.items() if name != "do"}), []


def _describe_unknown_verb(entry: Mapping[str, object]) -> str:
    if "do" not in entry:
        return f"has no do: it is one of {', '.join(VERBS)}"
    do = entry["do"]
    nearest = find_nearest(do, VERBS) if isinstance(do, str) else None
    return f"there is no verb {quote_value(do)}{format_suggestion(nearest and repr(nearest))}"
