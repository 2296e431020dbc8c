"""A rule: on this event, in this state of the dialogue, if this condition holds: do these verbs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hub.catalogue.domain.row_reader import (
    A_NAME,
    AN_EVENT_TYPE,
    EVENT_TYPE_PATTERN,
    NAME_PATTERN,
    Row,
    RowReader,
)
from hub.catalogue.domain.validity import Validity
from hub.catalogue.domain.verbs import read_verb
from hub.catalogue.domain.verbs.verb import Verb
from hub.expression.domain import Expression, Scope
from hub.expression.domain.field_types import FieldTypes

EVERYBODY = "everybody"
MAX_VERBS = 20


class RuleStatus(StrEnum):
    """A draft is only checked. A shadow rule decides and is recorded, but does nothing. A paused
    rule does not decide."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    PAUSED = "paused"


RUNNING_STATUSES = (RuleStatus.LIVE, RuleStatus.SHADOW)


@dataclass(frozen=True, slots=True)
class Rule:
    """An empty `in_state` is any state, and an empty `move_to` leaves the state as it is.

    `when` None holds for everybody. `validity` is from when and until when the
    rule is valid.
    """

    rule_id: str
    strategy: str
    event: str
    in_state: str
    when: Expression | None
    then: tuple[Verb, ...]
    move_to: str
    priority: int
    validity: Validity
    status: RuleStatus

    def is_valid_in(self, scope: Scope) -> bool:
        """Whether it is valid at the time of the decision, on the customer's clock."""
        return not self.validity.is_limited or self.validity.includes(scope.local_time)

    def list_templates(self) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Yields position in `then` (from 1), template and possible channels, for every verb that
        names a template."""
        for position, verb in enumerate(self.then, start=1):
            for template, channels in verb.list_templates():
                yield position, template, channels


def rule_from_row(row: Row, fields: FieldTypes) -> Rule:
    """Reads a rule. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    event = reader.read_text("event", EVENT_TYPE_PATTERN, expected=AN_EVENT_TYPE)
    rule = Rule(
        rule_id=reader.read_key("rule_id"),
        strategy=reader.read_text("strategy", NAME_PATTERN, expected=A_NAME),
        event=event,
        in_state=reader.read_text("in_state"),
        when=reader.read_expression("when", fields.for_event(event)),
        then=tuple(_read_verbs(reader, fields)),
        move_to=reader.read_text("move_to"),
        priority=reader.read_whole_number("priority"),
        validity=Validity.read(reader),
        status=RuleStatus(reader.read_one_of("status", [*RuleStatus], RuleStatus.DRAFT)),
    )
    if reader.row.get("audience"):
        reader.read_one_of("audience", [EVERYBODY])
    if rule.validity.is_empty():
        reader.add_problem("ends is not after starts: the rule would never run")
    reader.raise_if_invalid()
    return rule


def _read_verbs(reader: RowReader, fields: FieldTypes) -> Iterator[Verb]:
    entries = reader.row.get("then")
    if entries in (None, []) and reader.row.get("move_to"):
        return
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_VERBS:
        reader.add_problem(
            f"then must be a list of 1 to {MAX_VERBS} maps such as {{'do': 'send', ...}}"
        )
        return
    for position, entry in enumerate(entries, start=1):
        verb, problems = read_verb(f"then[{position}]", entry)
        reader.problems += problems
        if verb:
            for conflict in verb.find_field_conflicts(fields):
                reader.add_problem(f"then[{position}] {verb.do}: {conflict}")
            yield verb
