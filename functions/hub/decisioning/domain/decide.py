"""The decision: events and what is known of a customer in, what to do about it out.

A pure function of its arguments: it runs alike live, in tests and in replay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.aim import StrategyGoal, group_by_goal_event
from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.decisioning.domain.apply_outcomes import apply_outcomes, release_expired_claims
from hub.decisioning.domain.effects import DecisionContext
from hub.decisioning.domain.execute_rules import execute_in_shadow, execute_rules
from hub.decisioning.domain.fulfil_requests import fulfil_requests
from hub.decisioning.domain.open_calls import withdraw_calls
from hub.decisioning.domain.receipt import MAX_UNMATCHED_RULES, RuleEvaluation, write_receipt
from hub.decisioning.domain.reconsideration import Reconsideration
from hub.expression.domain import Scope
from hub.kernel.digest import digest
from hub.kernel.times import to_iso
from hub.measurement.domain.holdout_experiment import record_conversions
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event, is_repeat
from hub.profile.domain.erasure import anonymize_event
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The customer after the events, the events that were no repeats, and one decision for each."""

    customer: Customer
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]


def decide(  # noqa: PLR0917 the design's own signature
    events: Iterable[Event],
    customer: Customer,
    catalogue: Catalogue,
    surroundings: Surroundings,
    now: datetime,
    seed: str,
) -> DecisionResult:
    """Remembers each event and decides on it, in the order given.

    A rule sees the customer with the event already remembered. What is drawn comes from `seed` and
    the event's id.
    """
    taken, decisions = [], []
    for event in events:
        if not is_repeat(customer, event):
            before, customer = customer, apply_event(customer, event, now)
            heard = anonymize_event(event) if customer.erased else event
            scope = Scope(heard, customer, now, surroundings)
            customer, decision = _decide_event(scope, catalogue, seed, before)
            taken.append(heard)
            decisions.append(decision)
    return DecisionResult(customer, tuple(taken), tuple(decisions))


def _decide_event(
    scope: Scope, catalogue: Catalogue, seed: str, before: Customer
) -> tuple[Customer, Decision]:
    if scope.customer.erased:
        catalogue = Catalogue(catalogue.number)
    heard = apply_outcomes(scope, catalogue)
    event, now, around = scope.event, scope.now, scope.surroundings
    customer, converted = record_conversions(
        release_expired_claims(heard.customer, scope), scope, catalogue
    )
    scope = Scope(event, customer, now, around)
    rules, matching = catalogue.rules_for(event.type), catalogue.find_matching_rules(scope)
    firing = [rule for rule in matching if rule.status == "live"]
    customer, moved = _move_dialogues(scope, firing, catalogue)
    after = Scope(event, customer, now, around)
    context = DecisionContext(after, catalogue, seed, _derive_decision_id(after))
    effects = execute_rules(firing, scope.customer, context)
    if earlier := Reconsideration.from_event(event):
        requests = earlier.find_current_requests(after, catalogue)
        current = context.with_customer(effects.customer)
        effects = effects.followed_by(fulfil_requests(requests, earlier, current))
    choices = list(effects.choices)
    if shadow := [rule for rule in matching if rule.status != "live"]:
        choices += execute_in_shadow(shadow, scope.customer, context)
    customer, withdrawals = withdraw_calls(before, effects.customer, context.decision_id, now)
    tried = [*map(RuleEvaluation, matching), *_explain_unmatched_rules(rules, matching, scope)]
    receipt = write_receipt(
        event,
        catalogue.number,
        tried,
        listening=len(rules),
        choices=choices,
        moved=moved,
    )
    decision = Decision(
        id=context.decision_id,
        customer_id=scope.customer.customer_id,
        event_id=event.id,
        event_type=event.type,
        source=event.source,
        decided_at=now,
        catalogue=catalogue.number,
        correlation_id=event.correlation_id,
        receipt=receipt,
        surroundings=around.name,
        actions=(*effects.actions, *withdrawals),
        resumed=heard.resumed,
        timers=(*heard.timers, *effects.timers),
        emitted=tuple(emitted.to_dict() for emitted in (*heard.emitted, *effects.events)),
        returned=heard.returned,
        completed=heard.completed,
        lessons=heard.lessons,
        attributions=heard.attributions,
        marks=heard.marks,
        enrolments=(*converted, *effects.enrolments),
    )
    return customer, decision


def _derive_decision_id(scope: Scope) -> str:
    """Of the same event of the same customer always the same."""
    return f"d-{digest(f'{scope.customer.customer_id} {scope.event.id}', 12)}"


def _explain_unmatched_rules(
    rules: Iterable[Rule], matching: Iterable[Rule], scope: Scope
) -> list[RuleEvaluation]:
    """The first few rules, by priority, that did not match: explaining all would take longer the
    more rules there are."""
    matched = {rule.rule_id for rule in matching}
    others = (rule for rule in rules if rule.rule_id not in matched)
    return [_evaluate_rule(rule, scope) for rule in islice(others, MAX_UNMATCHED_RULES)]


def _evaluate_rule(rule: Rule, scope: Scope) -> RuleEvaluation:
    if rule.starts is not None and scope.now < rule.starts:
        return RuleEvaluation(rule, f"to start at {to_iso(rule.starts)}", to_iso(scope.now))
    if rule.ends is not None and scope.now >= rule.ends:
        return RuleEvaluation(rule, f"to end at {to_iso(rule.ends)}", to_iso(scope.now))
    if rule.in_state:
        state = dialogue_state(scope.customer, rule.strategy)
        if state != rule.in_state:
            wanted = f"the dialogue {rule.strategy} in state {rule.in_state!r}"
            return RuleEvaluation(rule, wanted, repr(state) if state else "none begun")
    failure = rule.when.find_false_clause(scope) if rule.when else None
    return RuleEvaluation(rule, *failure) if failure else RuleEvaluation(rule)


def _move_dialogues(
    scope: Scope, firing: Iterable[Rule], catalogue: Catalogue
) -> tuple[Customer, dict[str, tuple[str, str]]]:
    """Each dialogue moves at most once an event: the first rule, by priority, decides; where none
    does, reaching its aim."""
    customer = scope.customer
    moved: dict[str, tuple[str, str]] = {}
    for rule in firing:
        if rule.move_to and rule.strategy not in moved:
            moved[rule.strategy] = (dialogue_state(customer, rule.strategy), rule.move_to)
    aims = catalogue.policies.derive(StrategyGoal, group_by_goal_event)
    for aim in aims.get(scope.event.type, ()):
        state = dialogue_state(customer, aim.strategy)
        if (
            state not in ("", aim.target)
            and aim.strategy not in moved
            and aim.goal.is_reached_by(scope)
        ):
            moved[aim.strategy] = (state, aim.target)
    if not moved:
        return customer, moved
    since = to_iso(scope.now)
    stands = {name: {"state": to, "since": since} for name, (_, to) in moved.items()}
    return customer.with_changes(dialogues={**customer.dialogues, **stands}), moved
