"""Rules among themselves: states nobody moves to, conditions that never hold, moves that others
make first, waits that go round."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hub.catalogue.domain.rule import EVERYBODY, Rule, RuleStatus
from hub.expression.domain.rule_index.normal_form import Conjunction as Literals
from hub.expression.domain.rule_index.normal_form import to_normal_form
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.publishing.domain.linting.event_loops import find_event_loops
from hub.publishing.domain.linting.implications import find_contradiction, implies
from hub.surroundings.domain.thing_fact import FACT_EVENT_TYPES

_MAX_COMPARED = 50
"""In a dialogue with hundreds of rules on one event, each is held against the first so many."""


@dataclass(frozen=True)
class _LintedRule:
    rule: Rule
    audience: str

    @cached_property
    def rows(self) -> list[Literals]:
        return to_normal_form(self.rule.when.tree) if self.rule.when else [()]


def find_rule_warnings(rules: Iterable[tuple[Rule, str]]) -> Iterator[tuple[str, str]]:
    """Rule id and warning. Each rule comes with its `audience`."""
    linted = [_LintedRule(rule, audience) for rule, audience in rules]
    linted.sort(key=lambda one: (-one.rule.priority, one.rule.rule_id))
    yield from ((rule.rule_id, warning) for rule, warning in _find_warnings(linted))


def _find_warnings(linted: Sequence[_LintedRule]) -> Iterator[tuple[Rule, str]]:
    states = _find_reachable_states([one.rule for one in linted])
    for one in linted:
        yield from _check_alone(one, states.get(one.rule.strategy, set()))
    for group in _group_rules(linted).values():
        yield from _compare_rules(group)
    yield from find_event_loops([one.rule for one in linted if one.rule.status is RuleStatus.LIVE])


def _find_reachable_states(rules: Sequence[Rule]) -> dict[str, set[str]]:
    """The states that each dialogue can get into."""
    states: dict[str, set[str]] = {}
    for rule in rules:
        if rule.move_to:
            states.setdefault(rule.strategy, set()).add(rule.move_to)
    return states


def _check_alone(linted_rule: _LintedRule, states: set[str]) -> Iterator[tuple[Rule, str]]:
    rule = linted_rule.rule
    if rule.event in FACT_EVENT_TYPES:
        advice = "ask for what it tells in the condition of a rule on what customers do"
        yield rule, f"event {rule.event!r} is of no customer, so this never runs: {advice}"
    if rule.in_state and rule.in_state not in states:
        close = format_suggestion(find_nearest(rule.in_state, states))
        dialogue = f"the dialogue {rule.strategy}"
        yield rule, f"in_state {rule.in_state!r}: no rule moves {dialogue} there{close}"
    if not rule.when and not rule.in_state and linted_rule.audience != EVERYBODY:
        meant = f"set audience to {EVERYBODY} if that is meant"
        yield rule, f"without when it matches every customer with {rule.event}: {meant}"
    clashes = [find_contradiction(row) for row in linted_rule.rows]
    if all(clashes):
        wanted = ", ".join(dict.fromkeys(filter(None, clashes)))
        yield rule, f"when can never be true: what it asks of {wanted} contradicts itself"


def _group_rules(linted: Sequence[_LintedRule]) -> Mapping[tuple[str, str], list[_LintedRule]]:
    groups: dict[tuple[str, str], list[_LintedRule]] = {}
    for one in linted:
        if one.rule.status is not RuleStatus.PAUSED:
            groups.setdefault((one.rule.strategy, one.rule.event), []).append(one)
    return groups


def _compare_rules(group: Sequence[_LintedRule]) -> Iterator[tuple[Rule, str]]:
    first: dict[tuple[str, str], Rule] = {}
    movers: list[_LintedRule] = []
    for one in group:
        rule = one.rule
        condition = (rule.in_state, rule.when.text if rule.when else "")
        twin = first.setdefault(condition, rule)
        if twin is not rule:
            yield rule, f"rule {twin.rule_id} has the same event, state and condition"
        elif rule.move_to:
            yield from _find_preempting_rule(one, movers)
        if rule.move_to and rule.status is RuleStatus.LIVE and len(movers) < _MAX_COMPARED:
            movers.append(one)


def _find_preempting_rule(
    linted_rule: _LintedRule, movers: Iterable[_LintedRule]
) -> Iterator[tuple[Rule, str]]:
    """An event moves a dialogue once, and the first rule by priority does it."""
    for other in movers:
        if other.rule.move_to != linted_rule.rule.move_to and _covers(other, linted_rule):
            moved = f"rule {other.rule.rule_id} comes first and moves the dialogue"
            same = f"to {other.rule.move_to!r} whenever this one matches"
            yield (
                linted_rule.rule,
                f"move_to {linted_rule.rule.move_to!r} never happens: {moved} {same}",
            )
            return


def _covers(wide_rule: _LintedRule, narrow_rule: _LintedRule) -> bool:
    """Whether `other` matches whenever `one` does."""
    wide, narrow = wide_rule.rule, narrow_rule.rule
    in_state = wide.in_state in ("", narrow.in_state)
    starts = wide.starts is None or (narrow.starts is not None and wide.starts <= narrow.starts)
    ends = wide.ends is None or (narrow.ends is not None and narrow.ends <= wide.ends)
    in_time = in_state and starts and ends
    return in_time and all(
        any(implies(row, over) for over in wide_rule.rows) for row in narrow_rule.rows
    )
