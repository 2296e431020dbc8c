"""Following the rules that fired: what each verb asks for becomes actions, timers, events to come,
and changes to what is known of the customer; or the gate that stopped it is noted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.catalogue.domain.candidate import TALKING, Request, requests_of
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule, Verb
from hub.contact_policy.domain.contactability import MARKETING, not_consented, unreachable
from hub.decisioning.domain.arbitration import Said, Talk, unsaid
from hub.decisioning.domain.build_actions import Speaking, life
from hub.decisioning.domain.open_calls import CALL, calling
from hub.decisioning.domain.receipt import Choice, done, told
from hub.decisioning.domain.reconsideration import Again, again
from hub.expression.domain import Scope
from hub.kernel.digest import digest
from hub.kernel.duration import duration
from hub.kernel.times import iso, millisecond
from hub.measurement.domain.holdout_experiment import enrol
from hub.measurement.domain.response_tracking import opened
from hub.model.channels import CONNECTOR, addresses
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.enrolment import Enrolment
from hub.model.event import Event
from hub.profile.domain.contact_history import contacted, holding, suppressed
from hub.profile.domain.traits import hear

SAID_SINCE = "something later is known of it"
LATE = "after the quiet hours it would come too late"


class Following:
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
        self._speaking = Speaking(event, catalogue, self.decision_id, scope.now)

    def follow(self, rules: Sequence[Rule], before: Customer) -> None:
        """All verbs of the rules, which found the customer as `before`."""
        for rule in rules:
            for index, verb in enumerate(rule.then):
                if verb.do not in TALKING:
                    _VERBS[verb.do](self, rule, verb, self._name(rule.rule_id, index))
        if asked := [request for rule in rules for request in requests_of(rule)]:
            self.talk(asked, again(self._scope, rules, before))

    def talk(self, asked: Sequence[Request], again: Again) -> None:
        """Only what speaks: the rest was done when the event first came."""
        scope = Scope(again.event, self.customer, self._now, self._scope.surroundings)
        talk = Talk(scope, self._catalogue, f"{self._seed} {self._event.id}", again.without)
        talk.settle(asked)
        self.customer, enrolments = enrol(
            self.customer, talk.trials, again.event.occurred_at, self._now
        )
        self.enrolments += enrolments
        waiting: dict[datetime, list[Said]] = {}
        for said in talk.said:
            if said.waits_until:
                waiting.setdefault(said.waits_until, []).append(said)
            else:
                claims = bool(said.claims)
                self._say(said, again.only(_open_if_refused(said, talk.said)) if claims else again)
        for until, group in waiting.items():
            self._put_off(group, until, again)
        self.choices += told(talk.unsaid)

    def imagine(self, rules: Sequence[Rule], before: Customer) -> None:
        """What rules in shadow would have done: told, not done."""
        shadow = Following(self._scope, self._catalogue, self._seed)
        shadow.follow(rules, before)
        self.choices += [choice._replace(shadow=True) for choice in shadow.choices]

    def _name(self, rule_id: str, index: int) -> str:
        return digest(f"{self._event.id} {rule_id} {index}", 12)

    def _say(self, said: Said, again: Again) -> None:
        request, candidate, *_ = said.ranked
        action_id = f"a-{self._name(request.rule_id, request.position)}"
        if candidate.template.purpose == MARKETING:
            contact = candidate.channel, candidate.category, candidate.offer_id, action_id
            self.customer = contacted(self.customer, self._now, contact)
        action = self._speaking.message(said, self.customer, again, action_id)
        if action.claims:
            self.customer = holding(self.customer, action_id, action.expires_at)
        if lasts := request.words.get("answer_within"):
            self.customer, timer = opened(self.customer, action, self._event, duration(lasts))
            self.timers.append(timer)
        if action.channel == CALL:
            self.customer = calling(self.customer, action)
        self.actions.append(action)
        self.choices.append(done(said, made=action_id))

    def _put_off(self, group: Sequence[Said], until: datetime, again: Again) -> None:
        """Decided anew then, but for what would come too late to be relevant."""
        kept = [said for said in group if until < again.since + life(said.ranked.request)]
        late = [unsaid(*s.ranked[:2], LATE) for s in group if s not in kept]
        self.choices += told(late)
        if not kept:
            return
        later = again.only(said.ranked.request for said in kept)
        timer = self._speaking.put_off(until, self.customer.customer_id, later)
        self.timers.append(timer)
        self.choices += [done(said, made=timer.id) for said in kept]

    def _wait(self, rule: Rule, verb: Verb, name: str) -> None:
        timer_id, due_at = f"t-{name}", self._now + duration(verb.words["for"])
        later = self._next(rule, verb.words["then"], timer_id, due_at)
        waited = replace(later, context={**later.context, "waited": verb.words["for"]})
        customer_id, event = self.customer.customer_id, waited.to_dict()
        self.timers.append(Timer(id=timer_id, customer_id=customer_id, due_at=due_at, event=event))
        subject = f"{verb.words['for']} for {verb.words['then']}"
        self.choices.append(Choice(rule.rule_id, "wait", subject, made=timer_id))

    def _emit(self, rule: Rule, verb: Verb, name: str) -> None:
        said = {**self._event.properties, **verb.words.get("properties", {})}
        emitted = self._next(rule, verb.words["event"], f"v-{name}", self._now)
        self.emitted.append(replace(emitted, properties=said))
        self.choices.append(Choice(rule.rule_id, "emit", emitted.type, made=emitted.id))

    def _next(self, rule: Rule, event_type: str, event_id: str, at: datetime) -> Event:
        """An event that follows from this one, with what happened in it."""
        event = self._event
        return Event(
            id=event_id,
            type=event_type,
            source="segue",
            occurred_at=at,
            received_at=at,
            correlation_id=event.correlation_id,
            customer_id=self.customer.customer_id,
            properties=event.properties,
            context={
                "path": (*event.context.get("path", ()), rule.rule_id),
                "cause": event.id,
                "since": iso(event.begun_at),
            },
            hops=event.hops + 1,
        )

    def _set(self, rule: Rule, verb: Verb, _: str) -> None:
        trait, value = verb.words["trait"], verb.words["value"]
        block, _, field = trait.partition(".")
        said_at = millisecond(self._event.said_at)
        self.customer = hear(self.customer, {block: {field: value}}, lambda _: said_at)
        if getattr(self.customer, block)[field] == value:
            self.choices.append(Choice(rule.rule_id, "set", trait, made=str(value)))
        else:
            self.choices.append(Choice(rule.rule_id, "set", trait, gate=SAID_SINCE))

    def _suppress(self, rule: Rule, verb: Verb, _: str) -> None:
        (kind,) = verb.words.keys() - {"for"}
        what, until = f"{kind}:{verb.words[kind]}", self._now + duration(verb.words["for"])
        self.customer = suppressed(self.customer, what, until)
        self.choices.append(Choice(rule.rule_id, "suppress", what, made=iso(until)))

    def _append(self, rule: Rule, verb: Verb, name: str) -> None:
        action = self._speaking.action(
            rule, self.customer, self._event, id=f"a-{name}", channel="warehouse", what=verb.words
        )
        self.actions.append(action)
        self.choices.append(Choice(rule.rule_id, "append", verb.words["dataset"], made=action.id))

    def _call(self, rule: Rule, verb: Verb, name: str) -> None:
        """Asks a system; where that one writes to people, only who agreed and can be reached."""
        words = verb.words
        subject = " ".join(filter(None, (words["connector"], words.get("operation"))))
        channel, purpose = words.get("channel", CONNECTOR), words.get("purpose", "")
        known = addresses(self.customer, channel)
        gate = not_consented(self.customer, channel, purpose) or unreachable(channel, known)
        if gate:
            self.choices.append(Choice(rule.rule_id, verb.do, subject, gate=gate, channel=channel))
            return
        life = {"expires_at": self._now + duration(words["expires"])} if "expires" in words else {}
        action = self._speaking.action(
            rule,
            self.customer,
            self._event,
            id=f"a-{name}",
            channel=CONNECTOR,
            what=words,
            address=known[0] if known else "",
            **life,
        )
        self.actions.append(action)
        self.choices.append(Choice(rule.rule_id, verb.do, subject, made=action.id))


_VERBS: Mapping[str, Callable[[Following, Rule, Verb, str], None]] = {
    "append": Following._append,  # noqa: SLF001 its own verbs
    "emit": Following._emit,  # noqa: SLF001 its own verbs
    "notify": Following._call,  # noqa: SLF001 its own verbs
    "set": Following._set,  # noqa: SLF001 its own verbs
    "suppress": Following._suppress,  # noqa: SLF001 its own verbs
    "update": Following._call,  # noqa: SLF001 its own verbs
    "wait": Following._wait,  # noqa: SLF001 its own verbs
}


def _open_if_refused(said: Said, all_said: Sequence[Said]) -> list[Request]:
    """What is decided on when this is not to be had: the same request, and those of its rivals if
    nothing else of marketing was said."""
    mine, marketing = said.ranked.request, [one for one in all_said if one.rivals]
    alone = marketing == [said]
    return [mine, *(one.request for one in said.rivals)] if alone else [mine]
