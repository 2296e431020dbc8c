"""A rule: on this event, in this state of the dialogue, if this holds, do that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.catalogue.domain.row_reader import A_NAME, AN_EVENT_TYPE, EVENT_TYPE, NAME, Row, RowReader
from hub.catalogue.domain.verb import Verb, read_verb, wanted_channels
from hub.expression.domain import Expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import quoted
from hub.model.channels import MESSAGES

__all__ = ["Rule", "RuleStatus", "Verb", "rule_from_row"]

EVERYBODY = "everybody"
MAX_VERBS = 20


class RuleStatus(StrEnum):
    """`draft` is only checked, `shadow` decides without acting, `paused` waits."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    PAUSED = "paused"


RUNNING = (RuleStatus.LIVE, RuleStatus.SHADOW)


@dataclass(frozen=True, slots=True)
class Rule:
    """`in_state` empty is any state, `move_to` empty stays; `when` None is everybody. It is valid
    from `starts` until before `ends`."""

    rule_id: str
    strategy: str
    event: str
    in_state: str
    when: Expression | None
    then: tuple[Verb, ...]
    move_to: str
    priority: int
    starts: datetime | None
    ends: datetime | None
    status: RuleStatus

    def valid_at(self, now: datetime) -> bool:
        return (self.starts is None or self.starts <= now) and (
            self.ends is None or now < self.ends
        )

    def templates(self) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Position in `then`, template and possible channels of every verb that names one."""
        for position, verb in enumerate(self.then, start=1):
            if verb.do == "call":
                yield position, verb.words["template"], ("call",)
            elif verb.do == "send":
                yield position, verb.words["template"], wanted_channels(verb.words, MESSAGES)


def rule_from_row(row: Row, fields: FieldTypes) -> Rule:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    event = reader.text("event", EVENT_TYPE, wanted=AN_EVENT_TYPE)
    rule = Rule(
        rule_id=reader.key("rule_id"),
        strategy=reader.text("strategy", NAME, wanted=A_NAME),
        event=event,
        in_state=reader.text("in_state"),
        when=reader.expression("when", fields.for_event(event)),
        then=tuple(_then(reader, fields)),
        move_to=reader.text("move_to"),
        priority=reader.whole("priority"),
        starts=reader.time("starts"),
        ends=reader.time("ends", end=True),
        status=RuleStatus(reader.one_of("status", [*RuleStatus], RuleStatus.DRAFT)),
    )
    if reader.row.get("audience"):
        reader.one_of("audience", [EVERYBODY])
    if rule.starts and rule.ends and rule.ends <= rule.starts:
        reader.say("ends is not after starts: the rule would never run")
    reader.finish()
    return rule


def _then(reader: RowReader, fields: FieldTypes) -> Iterator[Verb]:
    entries = reader.row.get("then")
    if entries in (None, []) and reader.row.get("move_to"):
        return
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_VERBS:
        reader.say(f"then wants a list of 1 to {MAX_VERBS} maps such as {{'do': 'send', ...}}")
        return
    for position, entry in enumerate(entries, start=1):
        verb, problems = read_verb(f"then[{position}]", entry)
        reader.problems += problems
        if verb:
            reader.problems += _misfits(f"then[{position}] emit", verb, fields)
            yield verb


def _misfits(place: str, verb: Verb, fields: FieldTypes) -> Iterator[str]:
    """What an emitted event is to say where its schema has something else."""
    if verb.do != "emit":
        return
    event = verb.words["event"]
    there = fields.for_event(event).properties
    for name, value in verb.words.get("properties", {}).items():
        member = there.member(name)
        if member and not member.holds(value):
            wanted = " or ".join(map(repr, member.values)) or member.kind
            yield f"{place}: properties.{name} is {quoted(value)}: {event} has {wanted} there"
