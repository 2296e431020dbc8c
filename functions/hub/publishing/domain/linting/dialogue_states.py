"""Rules among themselves: states nobody moves to, conditions that never hold, moves that others
make first, waits that go round."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hub.catalogue.domain.rule import EVERYBODY, Rule, RuleStatus
from hub.expression.domain.rule_index.normal_form import Row as Literals
from hub.expression.domain.rule_index.normal_form import alternatives
from hub.kernel.did_you_mean import did_you_mean, nearest
from hub.publishing.domain.linting.event_loops import loops
from hub.publishing.domain.linting.implications import clash, implies
from hub.surroundings.domain.thing_fact import KINDS

_COMPARED = 50
"""In a dialogue with hundreds of rules on one event, each is held against the first so many."""


@dataclass(frozen=True)
class _Linted:
    rule: Rule
    audience: str

    @cached_property
    def rows(self) -> list[Literals]:
        return alternatives(self.rule.when.tree) if self.rule.when else [()]


def rule_warnings(rules: Iterable[tuple[Rule, str]]) -> Iterator[tuple[str, str]]:
    """Rule id and warning. Each rule comes with its `audience`."""
    linted = [_Linted(rule, audience) for rule, audience in rules]
    linted.sort(key=lambda one: (-one.rule.priority, one.rule.rule_id))
    yield from ((rule.rule_id, warning) for rule, warning in _warnings(linted))


def _warnings(linted: Sequence[_Linted]) -> Iterator[tuple[Rule, str]]:
    states = _states([one.rule for one in linted])
    for one in linted:
        yield from _alone(one, states.get(one.rule.strategy, set()))
    for group in _together(linted).values():
        yield from _against_each_other(group)
    yield from loops([one.rule for one in linted if one.rule.status is RuleStatus.LIVE])


def _states(rules: Sequence[Rule]) -> dict[str, set[str]]:
    """The states that each dialogue can get into."""
    states: dict[str, set[str]] = {}
    for rule in rules:
        if rule.move_to:
            states.setdefault(rule.strategy, set()).add(rule.move_to)
    return states


def _alone(one: _Linted, states: set[str]) -> Iterator[tuple[Rule, str]]:
    rule = one.rule
    if rule.event in KINDS:
        advice = "ask for what it tells in the condition of a rule on what customers do"
        yield rule, f"event {rule.event!r} is of no customer, so this never runs: {advice}"
    if rule.in_state and rule.in_state not in states:
        close = did_you_mean(nearest(rule.in_state, states))
        dialogue = f"the dialogue {rule.strategy}"
        yield rule, f"in_state {rule.in_state!r}: no rule moves {dialogue} there{close}"
    if not rule.when and not rule.in_state and one.audience != EVERYBODY:
        meant = f"set audience to {EVERYBODY} if that is meant"
        yield rule, f"without when it matches every customer with {rule.event}: {meant}"
    clashes = [clash(row) for row in one.rows]
    if all(clashes):
        wanted = ", ".join(dict.fromkeys(filter(None, clashes)))
        yield rule, f"when can never be true: what it asks of {wanted} contradicts itself"


def _together(linted: Sequence[_Linted]) -> Mapping[tuple[str, str], list[_Linted]]:
    groups: dict[tuple[str, str], list[_Linted]] = {}
    for one in linted:
        if one.rule.status is not RuleStatus.PAUSED:
            groups.setdefault((one.rule.strategy, one.rule.event), []).append(one)
    return groups


def _against_each_other(group: Sequence[_Linted]) -> Iterator[tuple[Rule, str]]:
    first: dict[tuple[str, str], Rule] = {}
    movers: list[_Linted] = []
    for one in group:
        rule = one.rule
        condition = (rule.in_state, rule.when.text if rule.when else "")
        twin = first.setdefault(condition, rule)
        if twin is not rule:
            yield rule, f"rule {twin.rule_id} has the same event, state and condition"
        elif rule.move_to:
            yield from _overtaken(one, movers)
        if rule.move_to and rule.status is RuleStatus.LIVE and len(movers) < _COMPARED:
            movers.append(one)


def _overtaken(one: _Linted, movers: Iterable[_Linted]) -> Iterator[tuple[Rule, str]]:
    """An event moves a dialogue once, and the first rule by priority does it."""
    for other in movers:
        if other.rule.move_to != one.rule.move_to and _covers(other, one):
            moved = f"rule {other.rule.rule_id} comes first and moves the dialogue"
            same = f"to {other.rule.move_to!r} whenever this one matches"
            yield one.rule, f"move_to {one.rule.move_to!r} never happens: {moved} {same}"
            return


def _covers(other: _Linted, one: _Linted) -> bool:
    """Whether `other` matches whenever `one` does."""
    wide, narrow = other.rule, one.rule
    in_state = wide.in_state in ("", narrow.in_state)
    starts = wide.starts is None or (narrow.starts is not None and wide.starts <= narrow.starts)
    ends = wide.ends is None or (narrow.ends is not None and narrow.ends <= wide.ends)
    in_time = in_state and starts and ends
    return in_time and all(any(implies(row, over) for over in other.rows) for row in one.rows)
