"""The receipt: why this event led to what it led to, small enough to keep for every event.

Its JSON: `event` {id, type, occurred_at}, `catalogue`, `rules` (each with `matched`, or the
`clause` that failed and what it `saw`), `more_rules` (how many more listen to it), `choices`
(each verb with the action or timer it made, or the `gate` that closed), `moved` (strategy ->
[from, to]) and `sentence`, which a call-centre agent could read out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.domain.event import Event
from hub.domain.rule import Rule
from hub.domain.times import iso

RULES_TOLD = 12
MISSES_TOLD = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule held against one event; `clause` and `saw` say why it did not match."""

    rule: Rule
    clause: str = ""
    saw: str = ""

    @property
    def matched(self) -> bool:
        return not self.clause

    def to_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {"rule": self.rule.rule_id, "matched": self.matched}
        if not self.matched:
            told |= {"clause": self.clause, "saw": self.saw}
        if self.rule.status == "shadow":
            told["shadow"] = True
        return told


@dataclass(frozen=True, slots=True)
class Choice:
    """One verb of a matching rule: done (`made` names the action or timer) or stopped."""

    rule_id: str
    do: str
    subject: str
    made: str = ""
    gate: str = ""

    def to_dict(self) -> dict[str, str]:
        told = {"rule": self.rule_id, "do": self.do, "what": self.subject}
        return told | ({"gate": self.gate} if self.gate else {"made": self.made})


def write_receipt(
    event: Event,
    catalogue: int,
    tried: Sequence[Tried],
    *,
    listening: int,
    choices: Sequence[Choice],
    moved: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """The receipt of one decision. `tried` are the matching rules and the first few others, of all
    `listening` ones."""
    told = tried[:RULES_TOLD]
    receipt: dict[str, Any] = {
        "event": {"id": event.id, "type": event.type, "occurred_at": iso(event.occurred_at)},
        "catalogue": catalogue,
        "rules": [t.to_dict() for t in told],
        "choices": [choice.to_dict() for choice in choices],
        "moved": {strategy: list(states) for strategy, states in moved.items()},
        "sentence": _sentence(event, tried, listening, choices, moved),
    }
    if listening > len(told):
        receipt["more_rules"] = listening - len(told)
    return receipt


def _sentence(
    event: Event,
    tried: Sequence[Tried],
    listening: int,
    choices: Sequence[Choice],
    moved: Mapping[str, tuple[str, str]],
) -> str:
    parts = [
        f"{choice.do} {choice.subject} was held back by rule {choice.rule_id}: {choice.gate}"
        if choice.gate
        else f"rule {choice.rule_id} asked to {choice.do} {choice.subject}"
        for choice in choices
    ]
    parts += [f"the dialogue {name} moved to {states[1]!r}" for name, states in moved.items()]
    return f"On {event.type}: {'; '.join(parts) or _nothing(tried, listening)}."


def _nothing(tried: Sequence[Tried], listening: int) -> str:
    if not tried:
        return "no rule listens to this event, so it was only remembered"
    if any(t.matched for t in tried):
        return "the rules that matched only watch (shadow), so nothing was done"
    nearest = tried[0]
    others = f" (and {listening - 1} more did not match)" if listening > 1 else ""
    wanted = f"rule {nearest.rule.rule_id} wanted {nearest.clause} but saw {nearest.saw}"
    return f"nothing was done, as {wanted}{others}"
