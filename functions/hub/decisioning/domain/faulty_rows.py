"""Finds the rows of a catalogue on which a decision fails, and decides without them.

A decision runs as a whole first. Only if it fails, it runs again with fewer rows, until the rows to
blame are known. They are left out, fail closed: a rule does nothing and an offer is not made; for a
policy that restricts marketing, no marketing is sent. The receipt names them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar, overload

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy import NO_POLICIES, Policies, Policy
from hub.catalogue.domain.policy.aim import StrategyGoal
from hub.catalogue.domain.policy.attribution import AttributionWindow
from hub.catalogue.domain.policy.context_weight import ContextWeight
from hub.catalogue.domain.policy.learning_policy import LearningPolicy
from hub.catalogue.domain.policy.scope import ANYTHING
from hub.catalogue.domain.policy.suppression import Suppression
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.rule_book import RuleBook
from hub.contact_policy.domain.contactability import dialogue_state
from hub.expression.domain import Scope, compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import Rejected, explain_fault

_RESTRICTS_NOTHING = (ContextWeight, LearningPolicy, StrategyGoal, AttributionWindow)
_ALWAYS = compile_expression("now > '2000-01-01'", FieldTypes())
Faults = dict[str, str]
"""`<table>/<key>` -> why the row cannot be used. A policy is named by its kind."""
T = TypeVar("T")
R = TypeVar("R")


def run_without_faulty_rows(
    run: Callable[[Catalogue], R], catalogue: Catalogue, event_types: Iterable[str]
) -> tuple[R, Faults]:
    """Runs without the rows on which `run` fails. Returns its result and these rows.

    `event_types` are those whose rules `run` may read. Raises `Rejected` if `run` fails without any
    row: then the event or the profile is to blame.
    """
    bare = replace(catalogue, rules={}, offers={}, policies=NO_POLICIES)
    _run_or_reject(run, bare)
    faults: Faults = {}
    rules = list(_read_rules(catalogue, set(event_types), faults))

    def limit_rules(kept: Sequence[tuple[str, Rule]]) -> Catalogue:
        return replace(bare, rules=_group_rules(kept))

    with_rules = limit_rules(
        _keep_working(rules, lambda kept: run(limit_rules(kept)), _name_rule, faults)
    )

    def limit_offers(kept: Sequence[str]) -> Catalogue:
        return replace(with_rules, offers={key: catalogue.offers[key] for key in kept})

    offers = _keep_working(
        list(catalogue.offers), lambda kept: run(limit_offers(kept)), "offers/{}".format, faults
    )
    with_offers = limit_offers(offers)

    def limit_policies(kept: Sequence[Policy]) -> Catalogue:
        return replace(with_offers, policies=Policies(tuple(kept)))

    live = catalogue.policies.live
    policies = _keep_working(
        list(live), lambda kept: run(limit_policies(kept)), _name_policy, faults
    )
    lost = [policy for policy in live if not any(policy is kept for kept in policies)]
    silences = [_silence(p) for p in lost if not isinstance(p, _RESTRICTS_NOTHING)]
    return _run_or_reject(run, limit_policies([*policies, *silences])), faults


def _run_or_reject(run: Callable[[Catalogue], R], catalogue: Catalogue) -> R:
    try:
        return run(catalogue)
    except Rejected:
        raise
    except BaseException as error:
        raise Rejected(f"cannot be decided: {explain_fault(error)}") from error


def _keep_working(
    items: list[T],
    attempt: Callable[[Sequence[T]], object],
    name: Callable[[T], str],
    faults: Faults,
) -> list[T]:
    """Returns the items with which `attempt` works together. `faults` gets the others."""
    kept = items
    while _find_fault(kept, attempt):
        faulty = list(_search(kept, attempt))
        faults |= {name(item): reason for item, reason in faulty}
        kept = [item for item in kept if not any(item is lost for lost, _ in faulty)]
    return kept


def _search(
    items: Sequence[T], attempt: Callable[[Sequence[T]], object]
) -> Iterator[tuple[T, str]]:
    """Searches by halves for the items with which `attempt` fails. If no half fails alone, all of
    them are to blame."""
    if not (reason := _find_fault(items, attempt)):
        return
    middle = len(items) // 2
    halves = (items[:middle], items[middle:]) if middle else ()
    faulty = [found for half in halves for found in _search(half, attempt)]
    yield from faulty or ((item, reason) for item in items)


def _find_fault(items: Sequence[T], attempt: Callable[[Sequence[T]], object]) -> str:
    if not items:
        return ""
    try:
        attempt(items)
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
        return explain_fault(error)
    return ""


def _read_rules(
    catalogue: Catalogue, event_types: set[str], faults: Faults
) -> Iterator[tuple[str, Rule]]:
    """Yields event type and rule, and adds the rules that cannot be read to `faults`."""
    for event_type in sorted(event_types & catalogue.rules.keys()):
        book = catalogue.rules[event_type]
        for position in range(len(book)):
            try:
                yield event_type, book[position]
            except BaseException as error:  # noqa: BLE001 - as above
                faults[f"rules/{book.read_rule_id(position)}"] = explain_fault(error)


def _group_rules(rules: Iterable[tuple[str, Rule]]) -> dict[str, RuleBook]:
    books: dict[str, list[Rule]] = {}
    for event_type, rule in rules:
        books.setdefault(event_type, []).append(rule)
    return {event_type: _RuleList(book) for event_type, book in books.items()}


def _name_rule(rule: tuple[str, Rule]) -> str:
    return f"rules/{rule[1].rule_id}"


def _name_policy(policy: Policy) -> str:
    return f"policies/{policy.KIND}"


def _silence(policy: Policy) -> Suppression:
    return Suppression(ANYTHING, _ALWAYS, f"a policy {policy.KIND} cannot be used")


class _RuleList(RuleBook):
    """Rules that are evaluated one by one, with the results of a `RuleBook`."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._list = rules

    def __len__(self) -> int:
        return len(self._list)

    @overload
    def __getitem__(self, position: int) -> Rule: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Rule]: ...
    def __getitem__(self, position: int | slice) -> Rule | Sequence[Rule]:
        return self._list[position]

    def find_matching(self, scope: Scope) -> list[Rule]:
        return [rule for rule in self._list if _holds(rule, scope)]


def _holds(rule: Rule, scope: Scope) -> bool:
    in_state = rule.in_state in ("", dialogue_state(scope.customer, rule.strategy))
    return in_state and rule.is_valid_in(scope) and (rule.when is None or rule.when.matches(scope))
