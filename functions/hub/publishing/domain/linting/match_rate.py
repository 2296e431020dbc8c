"""Warnings about rules that match nearly everybody, measured on recently recorded events."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import EVERYBODY, RUNNING_STATUSES, Rule
from hub.catalogue.domain.tables import RULES
from hub.contact_policy.domain.contactability import dialogue_state
from hub.expression.domain import Scope
from hub.kernel.errors import explain_fault
from hub.kernel.json_types import Json, JsonObject
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
    before: JsonObject,
    recall: RecallEpisodes,
) -> dict[str, dict[str, Json]]:
    """Measures which rules match nearly all recorded events.

    Returns `reach`, rule id -> [matched, events], and `unmeasured`, rule id -> why recorded events
    could not be evaluated. Only changed rules are measured, and at most `MAX_RULES` of them because
    it takes time. The others keep what `before`, the last snapshot, says."""
    rules, rule_changes = rows.get("rules", {}), changed.get("rules", {})
    edited = sorted({*rule_changes.get("added", ()), *rule_changes.get("changed", ())})
    measured: dict[str, dict[str, Json]] = {
        name: {k: v for k, v in before.get(name, {}).items() if k in rules and k not in edited}
        for name in ("reach", "unmeasured")
    }
    scopes = cache(lambda event_type: _build_scopes(recall(event_type), event_type))
    for key in edited[:MAX_RULES]:
        try:
            rate, problem = _measure(rules[key], scopes)
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no rule causes
            rate, problem = None, explain_fault(error)
        if rate:
            measured["reach"][key] = rate
        if problem:
            measured["unmeasured"][key] = problem
    return measured


def _measure(
    row: Row, scopes: Callable[[str], tuple[list[Scope], str]]
) -> tuple[list[int] | None, str]:
    """Returns [matched, events] if the rule matches nearly all events, and the last fault."""
    rule = RULES.read(row)
    if not _has_condition(rule) or row.get("audience") == EVERYBODY:
        return None, ""
    of_type, problem = scopes(rule.event)
    matches = [_matches(rule, scope) for scope in of_type]
    is_broad = len(matches) >= MIN_EVENTS and sum(matches) >= BROAD_MATCH_RATE * len(matches)
    return ([sum(matches), len(matches)] if is_broad else None), problem


def find_match_rate_warnings(
    rules: Mapping[str, Rule],
    match_rates: Mapping[str, Sequence[int]],
    unmeasured: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """Yields rule id and warning of the rules that match nearly all recorded events, and of those
    that could not be evaluated on all of them."""
    for key, problem in unmeasured.items():
        if key in rules:
            yield key, f"it was not tried on all recorded {rules[key].event}: {problem}"
    for key, (matched, events) in match_rates.items():
        if key in rules:
            count = f"{matched} of the last {events} {rules[key].event} ({matched / events:.0%})"
            advice = f"set audience to {EVERYBODY} if you mean that"
            yield key, f"it matches nearly everybody: {count}: {advice}"


def _has_condition(rule: Rule) -> bool:
    """Whether a running rule has a condition. One without gets a warning without being measured."""
    return rule.status in RUNNING_STATUSES and bool(rule.when or rule.in_state)


def _build_scopes(recorded: Sequence[RecordedEpisode], event_type: str) -> tuple[list[Scope], str]:
    """Builds the scope in which a rule would have been evaluated, for each event of the type. Also
    returns why the last record that is left out cannot be read; empty if none is."""
    scopes, problem = list[Scope](), ""
    for record in recorded:
        try:
            scopes += _build_record_scopes(record, event_type)
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no record causes
            problem = explain_fault(error)
    return scopes, problem


def _build_record_scopes(record: RecordedEpisode, event_type: str) -> Iterator[Scope]:
    customer, now = record.before, record.episode.decided_at
    for event in record.episode.events:
        customer = apply_event(customer, event, now)
        if event.type == event_type:
            yield Scope(event, customer, now)


def _matches(rule: Rule, scope: Scope) -> bool:
    if rule.in_state and dialogue_state(scope.customer, rule.strategy) != rule.in_state:
        return False
    return rule.when is None or rule.when.matches(scope)
