"""Following a rule: its verbs become actions and timers, or the gate that stopped them is noted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.domain.catalogue import Catalogue
from hub.domain.customer import Customer
from hub.domain.decision import Action, Timer
from hub.domain.digest import digest
from hub.domain.duration import duration
from hub.domain.event import Event
from hub.domain.gates import closed_gate, dialogue_state
from hub.domain.receipt import Choice
from hub.domain.rule import Rule, Verb
from hub.domain.times import iso

DEFAULT_LIFE = timedelta(days=3)
CHANNELS = {"call": "call", "append": "warehouse"}


class Following:
    """Turns the verbs of the firing rules into actions and timers, and notes each choice."""

    def __init__(
        self, event: Event, customer: Customer, catalogue: Catalogue, now: datetime
    ) -> None:
        self.decision_id = f"d-{digest(f'{customer.customer_id} {event.id}', 12)}"
        self.actions: list[Action] = []
        self.timers: list[Timer] = []
        self.choices: list[Choice] = []
        self._event = event
        self._customer = customer
        self._catalogue = catalogue
        self._now = now

    def follow(self, rule: Rule) -> None:
        for index, verb in enumerate(rule.then):
            name = digest(f"{self._event.id} {rule.rule_id} {index}", 12)
            if verb.do == "wait":
                self._wait(rule, verb, f"t-{name}")
            else:
                self._act(rule, verb, f"a-{name}")

    def _wait(self, rule: Rule, verb: Verb, timer_id: str) -> None:
        event, due_at = self._event, self._now + duration(verb.words["for"])
        path = (*event.context.get("path", ()), rule.rule_id)
        later = Event(
            id=timer_id,
            type=verb.words["then"],
            source="segue",
            occurred_at=due_at,
            received_at=due_at,
            correlation_id=event.correlation_id,
            customer_id=self._customer.customer_id,
            properties=event.properties,
            context={"waited": verb.words["for"], "path": path, "cause": event.id},
            hops=event.hops + 1,
        )
        self.timers.append(
            Timer(
                id=timer_id,
                customer_id=self._customer.customer_id,
                due_at=due_at,
                event=later.to_dict(),
            )
        )
        subject = f"{verb.words['for']} for {verb.words['then']}"
        self.choices.append(Choice(rule.rule_id, "wait", subject, made=timer_id))

    def _act(self, rule: Rule, verb: Verb, action_id: str) -> None:
        channel = verb.words.get("channel") or CHANNELS[verb.do]
        what = self._words(verb)
        subject = what.get("template") or what.get("dataset") or what.get("queue", "")
        gate = closed_gate(self._customer, channel, what)
        if gate:
            self.choices.append(Choice(rule.rule_id, verb.do, subject, gate=gate))
            return
        self.choices.append(Choice(rule.rule_id, verb.do, subject, made=action_id))
        self.actions.append(self._action(rule, channel, what, action_id))

    def _words(self, verb: Verb) -> dict[str, Any]:
        what = dict(verb.words)
        if "template" in what:
            what["purpose"] = self._catalogue.template(what["template"]).purpose
        return what

    def _action(self, rule: Rule, channel: str, what: Mapping[str, Any], action_id: str) -> Action:
        event = self._event
        life = duration(what["expires"]) if "expires" in what else DEFAULT_LIFE
        return Action(
            id=action_id,
            channel=channel,
            customer_id=self._customer.customer_id,
            decision_id=self.decision_id,
            rule_id=rule.rule_id,
            strategy=rule.strategy,
            state=dialogue_state(self._customer, rule.strategy),
            catalogue=self._catalogue.number,
            decided_at=self._now,
            expires_at=self._now + life,
            correlation_id=event.correlation_id,
            hops=event.hops,
            path=tuple(event.context.get("path", ())),
            what=what,
            event={
                "id": event.id,
                "type": event.type,
                "occurred_at": iso(event.occurred_at),
                "properties": event.properties,
            },
        )
