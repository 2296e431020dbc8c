"""Warnings about rules: states that no rule moves to, conditions that are never true, moves that
another rule always makes first, endless loops."""

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
"""With hundreds of rules of a strategy on one event, each is compared with the first so many."""


@dataclass(frozen=True)
class _LintedRule:
    rule: Rule
    audience: str

    @cached_property
    def rows(self) -> list[Literals]:
        return to_normal_form(self.rule.when.tree) if self.rule.when else [()]


def find_rule_warnings(rules: Iterable[tuple[Rule, str]]) -> Iterator[tuple[str, str]]:
    """Yields rule id and warning. `rules` are the rules, each with its `audience`."""
    linted_rules = [_LintedRule(rule, audience) for rule, audience in rules]
    linted_rules.sort(key=lambda linted: (-linted.rule.priority, linted.rule.rule_id))
    yield from ((rule.rule_id, warning) for rule, warning in _find_warnings(linted_rules))


def _find_warnings(linted_rules: Sequence[_LintedRule]) -> Iterator[tuple[Rule, str]]:
    rules = [linted.rule for linted in linted_rules]
    states = _find_reachable_states(rules)
    for linted in linted_rules:
        yield from _check_alone(linted, states.get(linted.rule.strategy, set()))
    for group in _group_rules(linted_rules).values():
        yield from _compare_rules(group)
    yield from find_event_loops([rule for rule in rules if rule.status is RuleStatus.LIVE])


def _find_reachable_states(rules: Sequence[Rule]) -> dict[str, set[str]]:
    """Finds the states that each strategy's dialogue can reach."""
    states: dict[str, set[str]] = {}
    for rule in rules:
        if rule.move_to:
            states.setdefault(rule.strategy, set()).add(rule.move_to)
    return states


def _check_alone(linted_rule: _LintedRule, states: set[str]) -> Iterator[tuple[Rule, str]]:
    rule = linted_rule.rule
    if rule.event in FACT_EVENT_TYPES:
        advice = "use the surroundings in the condition of a rule on an event of customers"
        yield rule, f"event {rule.event!r} is not one of customers, so this never runs: {advice}"
    if rule.in_state and rule.in_state not in states:
        close = format_suggestion(find_nearest(rule.in_state, states))
        dialogue = f"the dialogue {rule.strategy}"
        yield rule, f"in_state {rule.in_state!r}: no rule moves {dialogue} there{close}"
    if not rule.when and not rule.in_state and linted_rule.audience != EVERYBODY:
        advice = f"set audience to {EVERYBODY} if you mean that"
        yield rule, f"without when it matches every customer with {rule.event}: {advice}"
    contradictions = [find_contradiction(row) for row in linted_rule.rows]
    if all(contradictions):
        fields = ", ".join(dict.fromkeys(filter(None, contradictions)))
        yield rule, f"when can never be true: its tests of {fields} contradict each other"


def _group_rules(
    linted_rules: Sequence[_LintedRule],
) -> Mapping[tuple[str, str], list[_LintedRule]]:
    """Groups the rules that are not paused by strategy and event."""
    groups: dict[tuple[str, str], list[_LintedRule]] = {}
    for linted in linted_rules:
        if linted.rule.status is not RuleStatus.PAUSED:
            groups.setdefault((linted.rule.strategy, linted.rule.event), []).append(linted)
    return groups


def _compare_rules(group: Sequence[_LintedRule]) -> Iterator[tuple[Rule, str]]:
    first: dict[tuple[str, str], Rule] = {}
    movers: list[_LintedRule] = []
    for linted in group:
        rule = linted.rule
        condition = (rule.in_state, rule.when.text if rule.when else "")
        twin = first.setdefault(condition, rule)
        if twin is not rule:
            yield rule, f"rule {twin.rule_id} has the same event, state and condition"
        elif rule.move_to:
            yield from _find_preempting_rule(linted, movers)
        if rule.move_to and rule.status is RuleStatus.LIVE and len(movers) < _MAX_COMPARED:
            movers.append(linted)


def _find_preempting_rule(
    linted_rule: _LintedRule, movers: Iterable[_LintedRule]
) -> Iterator[tuple[Rule, str]]:
    """Finds a rule that always moves the dialogue first.

    An event moves a dialogue once; the first matching rule by priority does it."""
    rule = linted_rule.rule
    for other in movers:
        if other.rule.move_to != rule.move_to and _covers(other, linted_rule):
            reason = (
                f"rule {other.rule.rule_id} comes first and moves the dialogue"
                f" to {other.rule.move_to!r} whenever this rule matches"
            )
            yield rule, f"move_to {rule.move_to!r} never happens: {reason}"
            return


def _covers(wide_rule: _LintedRule, narrow_rule: _LintedRule) -> bool:
    """Whether the wide rule matches whenever the narrow one does."""
    wide, narrow = wide_rule.rule, narrow_rule.rule
    in_state = wide.in_state in ("", narrow.in_state)
    in_time = wide.validity.covers(narrow.validity)
    return (
        in_state
        and in_time
        and all(
            any(implies(row, wide_row) for wide_row in wide_rule.rows) for row in narrow_rule.rows
        )
    )
