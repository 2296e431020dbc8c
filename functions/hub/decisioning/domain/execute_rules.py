"""Following the rules that fired: what each verb asks for becomes actions, timers, events to come,
and changes to what is known of the customer; or the gate that stopped it is noted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.catalogue.domain.candidate import MESSAGE_VERBS, Request, list_requests
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule, Verb
from hub.contact_policy.domain.contactability import MARKETING, check_consent, check_reachability
from hub.decisioning.domain.arbitration import Arbitration, SelectedCandidate, exclude_candidate
from hub.decisioning.domain.build_actions import ActionBuilder, lifetime
from hub.decisioning.domain.open_calls import CALL, open_call
from hub.decisioning.domain.receipt import Choice, describe_excluded, describe_selected
from hub.decisioning.domain.reconsideration import Reconsideration, prepare_reconsideration
from hub.expression.domain import Scope
from hub.kernel.digest import digest
from hub.kernel.duration import parse_duration
from hub.kernel.times import to_iso, to_milliseconds
from hub.measurement.domain.holdout_experiment import enrol
from hub.measurement.domain.response_tracking import open_response_window
from hub.model.addresses import find_addresses
from hub.model.channels import CONNECTOR_CHANNEL
from hub.model.contact_history import ContactHistory
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.enrolment import Enrolment
from hub.model.event import Event, follow_up
from hub.profile.domain.traits import apply_traits

NEWER_VALUE_KNOWN = "something later is known of it"
TOO_LATE = "after the quiet hours it would come too late"


class RuleExecution:
    """What comes of one event. `customer` is as the verbs leave them."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str) -> None:
        event, self.customer = scope.event, scope.customer
        self.decision_id = f"d-{digest(f'{self.customer.customer_id} {event.id}', 12)}"
        self.actions: list[Action] = []
        self.timers: list[Timer] = []
        self.emitted: list[Event] = []
        self.choices: list[Choice] = []
        self.enrolments: list[Enrolment] = []
        self._scope = scope
        self._event = event
        self._catalogue = catalogue
        self._seed = seed
        self._now = scope.now
        self._action_builder = ActionBuilder(event, catalogue, self.decision_id, scope.now)

    def execute(self, rules: Sequence[Rule], before: Customer) -> None:
        """All verbs of the rules, which found the customer as `before`."""
        for rule in rules:
            for index, verb in enumerate(rule.then):
                if verb.do not in MESSAGE_VERBS:
                    _EXECUTE_BY_VERB[verb.do](
                        self, rule, verb, self._derive_id(rule.rule_id, index)
                    )
        if asked := [request for rule in rules for request in list_requests(rule)]:
            self.fulfil_requests(asked, prepare_reconsideration(self._scope, rules, before))

    def fulfil_requests(
        self, requests: Sequence[Request], reconsideration: Reconsideration
    ) -> None:
        """Only what speaks: the rest was done when the event first came."""
        scope = Scope(reconsideration.event, self.customer, self._now, self._scope.surroundings)
        talk = Arbitration(
            scope, self._catalogue, f"{self._seed} {self._event.id}", reconsideration.without
        )
        talk.arbitrate(requests)
        self.customer, enrolments = enrol(
            self.customer, talk.assignments, reconsideration.event.occurred_at, self._now
        )
        self.enrolments += enrolments
        waiting: dict[datetime, list[SelectedCandidate]] = {}
        for said in talk.selected:
            if said.waits_until:
                waiting.setdefault(said.waits_until, []).append(said)
            else:
                claims = bool(said.claims)
                self._add_message(
                    said,
                    reconsideration.limit_to(_select_requests_if_refused(said, talk.selected))
                    if claims
                    else reconsideration,
                )
        for until, group in waiting.items():
            self._defer_requests(group, until, reconsideration)
        self.choices += describe_excluded(talk.excluded)

    def execute_in_shadow(self, rules: Sequence[Rule], before: Customer) -> None:
        """What rules in shadow would have done: told, not done."""
        shadow = RuleExecution(self._scope, self._catalogue, self._seed)
        shadow.execute(rules, before)
        self.choices += [choice._replace(shadow=True) for choice in shadow.choices]

    def _derive_id(self, rule_id: str, index: int) -> str:
        return digest(f"{self._event.id} {rule_id} {index}", 12)

    def _add_message(self, said: SelectedCandidate, again: Reconsideration) -> None:
        request, candidate, *_ = said.ranked
        action_id = f"a-{self._derive_id(request.rule_id, request.position)}"
        if candidate.template.purpose == MARKETING:
            self._set_history(
                self.customer.contact_history.record_contact(
                    self._now,
                    candidate.channel,
                    category=candidate.category,
                    offer=candidate.offer_id,
                    action_id=action_id,
                )
            )
        action = self._action_builder.build_message(said, self.customer, again, action_id)
        if action.claims:
            history = self.customer.contact_history
            self._set_history(history.hold_claim(action_id, action.expires_at))
        if lasts := request.words.get("answer_within"):
            self.customer, timer = open_response_window(
                self.customer, action, self._event, parse_duration(lasts)
            )
            self.timers.append(timer)
        if action.channel == CALL:
            self._set_history(open_call(self.customer.contact_history, action))
        self.actions.append(action)
        self.choices.append(describe_selected(said, made=action_id))

    def _set_history(self, history: ContactHistory) -> None:
        self.customer = self.customer.with_contact_history(history)

    def _defer_requests(
        self, group: Sequence[SelectedCandidate], until: datetime, again: Reconsideration
    ) -> None:
        """Decided anew then, but for what would come too late to be relevant."""
        kept = [said for said in group if until < again.since + lifetime(said.ranked.request)]
        late = [exclude_candidate(*s.ranked[:2], TOO_LATE) for s in group if s not in kept]
        self.choices += describe_excluded(late)
        if not kept:
            return
        later = again.limit_to(said.ranked.request for said in kept)
        timer = self._action_builder.build_deferral_timer(until, self.customer.customer_id, later)
        self.timers.append(timer)
        self.choices += [describe_selected(said, made=timer.id) for said in kept]

    def _wait(self, rule: Rule, verb: Verb, name: str) -> None:
        timer_id, due_at = f"t-{name}", self._now + parse_duration(verb.words["for"])
        later = self._create_follow_up(rule, verb.words["then"], timer_id, due_at)
        waited = replace(later, context={**later.context, "waited": verb.words["for"]})
        customer_id, event = self.customer.customer_id, waited.to_dict()
        self.timers.append(Timer(id=timer_id, customer_id=customer_id, due_at=due_at, event=event))
        subject = f"{verb.words['for']} for {verb.words['then']}"
        self.choices.append(Choice(rule.rule_id, "wait", subject, made=timer_id))

    def _emit(self, rule: Rule, verb: Verb, name: str) -> None:
        said = {**self._event.properties, **verb.words.get("properties", {})}
        emitted = self._create_follow_up(rule, verb.words["event"], f"v-{name}", self._now)
        self.emitted.append(replace(emitted, properties=said))
        self.choices.append(Choice(rule.rule_id, "emit", emitted.type, made=emitted.id))

    def _create_follow_up(self, rule: Rule, event_type: str, event_id: str, at: datetime) -> Event:
        """An event that follows from this one, with what happened in it."""
        event = self._event
        return follow_up(
            event,
            id=event_id,
            type=event_type,
            at=at,
            customer_id=self.customer.customer_id,
            properties=event.properties,
            context={
                "path": (*event.path, rule.rule_id),
                "cause": event.id,
                "since": to_iso(event.began_at),
            },
        )

    def _set(self, rule: Rule, verb: Verb, _: str) -> None:
        trait, value = verb.words["trait"], verb.words["value"]
        block, _, field = trait.partition(".")
        said_at = to_milliseconds(self._event.effective_at)
        self.customer = apply_traits(self.customer, {block: {field: value}}, lambda _: said_at)
        if getattr(self.customer, block)[field] == value:
            self.choices.append(Choice(rule.rule_id, "set", trait, made=str(value)))
        else:
            self.choices.append(Choice(rule.rule_id, "set", trait, gate=NEWER_VALUE_KNOWN))

    def _suppress(self, rule: Rule, verb: Verb, _: str) -> None:
        (kind,) = verb.words.keys() - {"for"}
        what, until = f"{kind}:{verb.words[kind]}", self._now + parse_duration(verb.words["for"])
        self._set_history(self.customer.contact_history.suppress(what, until))
        self.choices.append(Choice(rule.rule_id, "suppress", what, made=to_iso(until)))

    def _append(self, rule: Rule, verb: Verb, name: str) -> None:
        action = self._action_builder.build_action(
            rule, self.customer, self._event, id=f"a-{name}", channel="warehouse", what=verb.words
        )
        self.actions.append(action)
        self.choices.append(Choice(rule.rule_id, "append", verb.words["dataset"], made=action.id))

    def _call_connector(self, rule: Rule, verb: Verb, name: str) -> None:
        """Asks a system; where that one writes to people, only who agreed and can be reached."""
        words = verb.words
        subject = " ".join(filter(None, (words["connector"], words.get("operation"))))
        channel, purpose = words.get("channel", CONNECTOR_CHANNEL), words.get("purpose", "")
        known = find_addresses(self.customer, channel)
        gate = check_consent(self.customer, channel, purpose) or check_reachability(channel, known)
        if gate:
            self.choices.append(Choice(rule.rule_id, verb.do, subject, gate=gate, channel=channel))
            return
        life = (
            {"expires_at": self._now + parse_duration(words["expires"])}
            if "expires" in words
            else {}
        )
        action = self._action_builder.build_action(
            rule,
            self.customer,
            self._event,
            id=f"a-{name}",
            channel=CONNECTOR_CHANNEL,
            what=words,
            address=known[0] if known else "",
            **life,
        )
        self.actions.append(action)
        self.choices.append(Choice(rule.rule_id, verb.do, subject, made=action.id))


_EXECUTE_BY_VERB: Mapping[str, Callable[[RuleExecution, Rule, Verb, str], None]] = {
    "append": RuleExecution._append,  # noqa: SLF001 its own verbs
    "emit": RuleExecution._emit,  # noqa: SLF001 its own verbs
    "notify": RuleExecution._call_connector,  # noqa: SLF001 its own verbs
    "set": RuleExecution._set,  # noqa: SLF001 its own verbs
    "suppress": RuleExecution._suppress,  # noqa: SLF001 its own verbs
    "update": RuleExecution._call_connector,  # noqa: SLF001 its own verbs
    "wait": RuleExecution._wait,  # noqa: SLF001 its own verbs
}


def _select_requests_if_refused(
    said: SelectedCandidate, all_said: Sequence[SelectedCandidate]
) -> list[Request]:
    """What is decided on when this is not to be had: the same request, and those of its rivals if
    nothing else of marketing was said."""
    mine, marketing = said.ranked.request, [one for one in all_said if one.rivals]
    alone = marketing == [said]
    return [mine, *(one.request for one in said.rivals)] if alone else [mine]
