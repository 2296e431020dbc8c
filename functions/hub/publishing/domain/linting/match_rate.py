"""Rules that match everybody, found by holding them against what was recorded lately."""

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
"""Episodes in which an event of that type happened lately."""
TableChanges = Mapping[str, Mapping[str, Collection[str]]]


def recall_nothing(_: str) -> Sequence[RecordedEpisode]:
    return ()


def measure_match_rates(
    rows: Mapping[str, Mapping[str, Row]],
    changed: TableChanges,
    before: Mapping[str, Sequence[int]],
    recall: RecallEpisodes,
) -> dict[str, list[int]]:
    """Rule id -> how many of how many recorded events it matched, of the rules that matched nearly
    all. Only what changed is held against them, and not too much of that, as it takes its time; for
    the others it is as it was `before`."""
    rules, fresh = rows.get("rules", {}), changed.get("rules", {})
    edited = sorted({*fresh.get("added", ()), *fresh.get("changed", ())})
    kept = {key: list(n) for key, n in before.items() if key in rules and key not in edited}
    scopes = cache(lambda event_type: list(_build_scopes(recall(event_type), event_type)))
    for key in edited[:MAX_RULES]:
        rule = RULES.read(rules[key])
        if _has_condition(rule) and rules[key].get("audience") != EVERYBODY:
            held = [_matches(rule, scope) for scope in scopes(rule.event)]
            if len(held) >= MIN_EVENTS and sum(held) >= BROAD_MATCH_RATE * len(held):
                kept[key] = [sum(held), len(held)]
    return kept


def find_match_rate_warnings(
    rules: Mapping[str, Rule], match_rates: Mapping[str, Sequence[int]]
) -> Iterator[tuple[str, str]]:
    for key, (matched, of) in match_rates.items():
        if key in rules:
            said = f"it matches nearly everybody: {matched} of the last {of} {rules[key].event}"
            yield key, f"{said} ({matched / of:.0%}): set audience to {EVERYBODY} if that is meant"


def _has_condition(rule: Rule) -> bool:
    """A rule that asks nothing at all is told so without counting."""
    return rule.status in RUNNING_STATUSES and bool(rule.when or rule.in_state)


def _build_scopes(recorded: Sequence[RecordedEpisode], event_type: str) -> Iterator[Scope]:
    """Each event of the type as a rule would have met it."""
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
