"""One decision: takes events and the customer, and returns what to do about the events.

`decide` is a pure function of its arguments: it runs alike live, in tests, in replay and in
what-if. It skips repeated events (`is_repeat`). Of every other event it makes one decision:

1. `apply_event` changes the profile by the event.
2. `apply_outcomes` records what the event says of earlier decisions: goals, responses, sales,
   actions that were sent or not. `release_expired_claims` and `record_conversions` follow.
3. `Catalogue.find_matching_rules` finds the rules whose condition holds.
4. `move_dialogues` moves the dialogues of the matching rules that are live.
5. `execute_rules` executes their verbs. It collects the requests for messages, and
   `fulfil_requests` fulfils them last. There `Arbitration` finds the candidates, passes them
   through the gates (`EligibilityGates`), ranks them (`Ranking`), checks their capacity
   (`determine_claims`) and selects. `build_message` makes an action of a selected candidate, or
   `build_deferral_timer` a timer if quiet hours postpone it.
6. `Reconsideration.find_current_requests` finds the requests that were postponed or refused, if the
   event brings some back. `fulfil_requests` fulfils them too.
7. `execute_in_shadow` records what the rules in shadow would do.
8. `withdraw_calls` withdraws calls that are no longer wanted from the call centre.
9. `explain_rules` says which rules matched and why others did not. `write_receipt` writes the
   receipt.

A sale, return or payment that came before under another event id (`is_told_again`) goes through
step 1 and `apply_repeated_sale` only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.verbs.words import RESERVED_EVENT_PREFIXES
from hub.decisioning.domain.apply_outcomes import (
    AppliedOutcomes,
    apply_outcomes,
    apply_repeated_sale,
    release_expired_claims,
)
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import DecisionContext, Effects
from hub.decisioning.domain.execute_rules import execute_in_shadow, execute_rules
from hub.decisioning.domain.explain_rules import explain_rules
from hub.decisioning.domain.faulty_rows import run_without_faulty_rows
from hub.decisioning.domain.fulfil_requests import fulfil_requests
from hub.decisioning.domain.move_dialogues import move_dialogues
from hub.decisioning.domain.open_calls import withdraw_calls
from hub.decisioning.domain.receipt import add_faults, write_receipt, write_repeat_receipt
from hub.decisioning.domain.reconsideration import Reconsideration
from hub.expression.domain import Scope
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected, explain_fault
from hub.kernel.json_types import JsonObject
from hub.measurement.domain.holdout_experiment import record_conversions
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.enrolment import Enrolment
from hub.model.event import Event
from hub.model.time_zones import find_zone_problem
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.erasure import anonymize_event
from hub.profile.domain.event_memory import forget_oldest, is_repeat
from hub.profile.domain.occurrences import is_told_again
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The customer after the events, the events without repeats, and one decision for each.

    The events of an erased customer are anonymized. `marks` are the event marks that must be stored
    before the customer (see `hub.profile.domain.event_memory`)."""

    customer: Customer
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    marks: tuple[str, ...] = ()


def decide(  # noqa: PLR0917 - whatever a decision depends on is an argument
    events: Iterable[Event],
    customer: Customer,
    catalogue: Catalogue,
    surroundings: Surroundings,
    now: datetime,
    seed: str,
) -> DecisionResult:
    """Applies each event to the customer and decides on it, in the order given.

    Conditions see the customer with the event applied. Propensities are drawn from `seed` and the
    event's id, so that the same arguments always give the same result. A sale, return or payment
    that came before under another event id adds what it states, but starts no rule and reaches no
    goal.

    If a decision fails on a rule, an offer or a policy, it is made without them, and the receipt
    says so. Raises `Rejected` if an event lacks what its type needs, if rules cause each other's
    events in a loop, or if a decision fails on the event or the profile itself.
    """
    stored, decided_events, decisions = customer, [], []
    for event in events:
        # What the hub itself reports of its actions is recorded after any number of hops.
        if event.loop and not event.type.startswith(RESERVED_EVENT_PREFIXES):
            raise Rejected(event.loop, "hops")
        if not is_repeat(customer, event):
            before, customer = customer, _apply_event(customer, event, now)
            stored_event = anonymize_event(event) if customer.erased else event
            scope = Scope(stored_event, customer, now, surroundings)
            try:
                customer, decision = _decide_or_repeat(scope, catalogue, seed, before)
            except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
                explain_fault(error)
                customer, decision = _decide_without_faults(scope, catalogue, seed, before)
            decided_events.append(stored_event)
            decisions.append(decision)
    customer, marks = forget_oldest(customer, stored, now)
    return DecisionResult(customer, tuple(decided_events), tuple(decisions), marks)


def _apply_event(customer: Customer, event: Event, now: datetime) -> Customer:
    try:
        return apply_event(customer, event, now)
    except Rejected:
        raise
    except BaseException as error:
        raise Rejected(f"cannot be applied to the profile: {explain_fault(error)}") from error


def _decide_or_repeat(
    scope: Scope, catalogue: Catalogue, seed: str, before: Customer
) -> tuple[Customer, Decision]:
    """Decides on the event, or records that it came before under another event id."""
    if is_told_again(before, scope.event):
        return _record_repeat(scope, catalogue, seed)
    return _decide_event(scope, catalogue, seed, before)


def _decide_without_faults(
    scope: Scope, catalogue: Catalogue, seed: str, before: Customer
) -> tuple[Customer, Decision]:
    """Decides without the rows on which the decision fails."""
    earlier = scope.event.properties.get("again")
    about = earlier.get("event") if isinstance(earlier, Mapping) else None
    earlier_type = str(about.get("type")) if isinstance(about, Mapping) else ""
    (customer, decision), faults = run_without_faulty_rows(
        lambda catalogue: _decide_or_repeat(scope, catalogue, seed, before),
        catalogue,
        (scope.event.type, earlier_type),
    )
    return customer, replace(decision, receipt=add_faults(decision.receipt, faults))


def _decide_event(
    scope: Scope, catalogue: Catalogue, seed: str, before: Customer
) -> tuple[Customer, Decision]:
    """Steps 2 to 9. `before` is the customer before the event, `scope` has them after step 1.

    Of an erased customer no rule, goal or policy applies."""
    if scope.customer.erased:
        catalogue = Catalogue(catalogue.number)
    event, _, now, surroundings = scope
    outcomes = apply_outcomes(scope, catalogue)
    customer = release_expired_claims(outcomes.customer, now)
    customer, conversions = record_conversions(customer, scope, catalogue)
    matching_scope = Scope(event, customer, now, surroundings)
    rules, matching = catalogue.rules_for(event.type), catalogue.find_matching_rules(matching_scope)
    stopped = _list_stopped(matching, event.loop) if event.loop else ()
    live = [rule for rule in matching if rule.status == "live" and not stopped]
    customer, moves = move_dialogues(live, matching_scope, catalogue)
    moved_scope = Scope(event, customer, now, surroundings)
    context = DecisionContext(moved_scope, catalogue, seed, _derive_decision_id(moved_scope))
    effects = execute_rules(live, matching_scope.customer, context)
    if reconsideration := Reconsideration.from_event(event):
        requests = reconsideration.find_current_requests(moved_scope, catalogue)
        current = context.with_customer(effects.customer)
        effects = effects.add(fulfil_requests(requests, reconsideration, current))
    choices = (*stopped, *effects.choices)
    if shadow := [rule for rule in matching if rule.status != "live"]:
        choices += execute_in_shadow(shadow, matching_scope.customer, context)
    customer, withdrawals = withdraw_calls(before, effects.customer, context.decision_id, now)
    receipt = write_receipt(
        event,
        catalogue.number,
        explain_rules(rules, matching, matching_scope),
        rule_count=len(rules),
        choices=choices,
        moves=moves,
        zone_problem=find_zone_problem(scope.customer, scope.surroundings.owner_zone),
    )
    decision = _build_decision(context, receipt, outcomes, conversions, effects, withdrawals)
    return customer, decision


def _record_repeat(scope: Scope, catalogue: Catalogue, seed: str) -> tuple[Customer, Decision]:
    outcomes = apply_repeated_sale(scope, catalogue)
    context = DecisionContext(scope, catalogue, seed, _derive_decision_id(scope))
    receipt = write_repeat_receipt(scope.event, catalogue.number)
    effects = Effects(outcomes.customer)
    return outcomes.customer, _build_decision(context, receipt, outcomes, (), effects, ())


def _list_stopped(rules: Iterable[Rule], loop: str) -> tuple[Choice, ...]:
    """Returns what the rules would do, had they not caused each other."""
    return tuple(
        Choice(rule_id=rule.rule_id, do=verb.do, subject=f"of {rule.rule_id}", gate=loop)
        for rule in rules
        for verb in rule.then
    )


def _derive_decision_id(scope: Scope) -> str:
    """Derives the id from customer and event: a repeated decision has the same id."""
    return f"d-{digest(f'{scope.customer.customer_id} {scope.event.id}', 12)}"


def _build_decision(  # noqa: PLR0917 - one argument for each step that contributes
    context: DecisionContext,
    receipt: JsonObject,
    outcomes: AppliedOutcomes,
    conversions: Iterable[Enrolment],
    effects: Effects,
    withdrawals: Iterable[Action],
) -> Decision:
    event, customer, now, surroundings = context.scope
    return Decision(
        id=context.decision_id,
        customer_id=customer.customer_id,
        event_id=event.id,
        event_type=event.type,
        source=event.source,
        decided_at=now,
        catalogue=context.catalogue.number,
        correlation_id=event.correlation_id,
        receipt=receipt,
        surroundings=surroundings.name,
        actions=(*effects.actions, *withdrawals),
        resumed=outcomes.resumed,
        timers=(*outcomes.timers, *effects.timers),
        emitted=tuple(emitted.to_dict() for emitted in (*outcomes.emitted, *effects.events)),
        returned=outcomes.returned,
        completed=outcomes.completed,
        lessons=outcomes.lessons,
        attributions=outcomes.attributions,
        marks=outcomes.marks,
        enrolments=(*conversions, *effects.enrolments),
    )
