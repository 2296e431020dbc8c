"""Warnings about rules that match nearly everybody, measured on recently recorded events."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import EVERYBODY, RUNNING_STATUSES, Rule
from hub.catalogue.domain.tables import RULES
from hub.contact_policy.domain.contactability import dialogue_state
from hub.expression.domain import Scope
from hub.model.episode import RecordedEpisode
from hub.profile.domain.apply_event import apply_event

MIN_EVENTS = 20
BROAD_MATCH_RATE = 0.95
MAX_RULES = 200
RecallEpisodes = Callable[[str], Sequence[RecordedEpisode]]
"""Reads recent episodes in which an event of that type happened."""
TableChanges = Mapping[str, Mapping[str, Collection[str]]]
"""Table -> `added`, `changed`, `removed` -> keys."""


def recall_nothing(_: str) -> Sequence[RecordedEpisode]:
    """The `RecallEpisodes` of a hub without an archive."""
    return ()


def measure_match_rates(
    rows: Mapping[str, Mapping[str, Row]],
    changed: TableChanges,
    before: Mapping[str, Sequence[int]],
    recall: RecallEpisodes,
) -> dict[str, list[int]]:
    """Measures which rules match nearly all recorded events: rule id -> [matched, events].

    Only changed rules are measured, and at most `MAX_RULES` of them because it takes time. The
    others keep their numbers from `before`."""
    rules, rule_changes = rows.get("rules", {}), changed.get("rules", {})
    edited = sorted({*rule_changes.get("added", ()), *rule_changes.get("changed", ())})
    rates = {key: list(n) for key, n in before.items() if key in rules and key not in edited}
    scopes = cache(lambda event_type: list(_build_scopes(recall(event_type), event_type)))
    for key in edited[:MAX_RULES]:
        rule = RULES.read(rules[key])
        if _has_condition(rule) and rules[key].get("audience") != EVERYBODY:
            matches = [_matches(rule, scope) for scope in scopes(rule.event)]
            if len(matches) >= MIN_EVENTS and sum(matches) >= BROAD_MATCH_RATE * len(matches):
                rates[key] = [sum(matches), len(matches)]
    return rates


def find_match_rate_warnings(
    rules: Mapping[str, Rule], match_rates: Mapping[str, Sequence[int]]
) -> Iterator[tuple[str, str]]:
    """Yields rule id and warning of the rules that match nearly all recorded events."""
    for key, (matched, events) in match_rates.items():
        if key in rules:
            count = f"{matched} of the last {events} {rules[key].event} ({matched / events:.0%})"
            advice = f"set audience to {EVERYBODY} if you mean that"
            yield key, f"it matches nearly everybody: {count}: {advice}"


def _has_condition(rule: Rule) -> bool:
    """Whether a running rule has a condition. One without gets a warning without being measured."""
    return rule.status in RUNNING_STATUSES and bool(rule.when or rule.in_state)


def _build_scopes(recorded: Sequence[RecordedEpisode], event_type: str) -> Iterator[Scope]:
    """Builds the scope in which a rule would have been evaluated, for each event of the type."""
    for record in recorded:
        customer, now = record.before, record.episode.decided_at
        for event in record.episode.events:
            customer = apply_event(customer, event, now)
            if event.type == event_type:
                yield Scope(event, customer, now)


def _matches(rule: Rule, scope: Scope) -> bool:
    if rule.in_state and dialogue_state(scope.customer, rule.strategy) != rule.in_state:
        return False
    return rule.when is None or rule.when.matches(scope)
