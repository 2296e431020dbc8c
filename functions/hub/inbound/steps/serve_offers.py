"""Answer: which offers suit this customer, here and now; and what became of those that were shown.

Nothing of the customer is written when it is asked. An impression or a response comes back by the
offer's reference and is an event like every other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.catalogue.domain.candidate import Candidate
from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.domain.contactability import not_consented
from hub.content.domain.link_tracking import finished
from hub.content.domain.template_scope import scope_of
from hub.content.ports import Renderer
from hub.decisioning.domain.arbitration import Said
from hub.expression.domain import Scope
from hub.history.ports import Decisions
from hub.identity.steps.find_customer import Finder
from hub.inbound.domain.offer_reference import Reference, read_reference
from hub.inbound.domain.offer_selection import (
    ASKED,
    Answer,
    Question,
    answer,
    decision_id,
    receipt_of,
    reference_id,
)
from hub.kernel.constant_time import is_any, utf8
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.errors import Rejected, Unauthorized, Unavailable
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Showing
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.messaging.ports import Bus
from hub.model.action_trace import TRACE, Trace
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event
from hub.model.promo_code import code_of
from hub.platform.ports import Clock
from hub.profile.ports import Customers
from hub.surroundings.domain.surroundings import Surroundings

BLOCK = "web"
"""A block of a message is made as one of a page is."""
Barred = Callable[[str, Customer], str | None]
RESPONSES = ("viewed", "clicked", "accepted", "dismissed")
LONGEST_ID = 100
SOURCE = "answer"


@dataclass(frozen=True, slots=True)
class Answerer:
    """`keys` are the live API keys, the newest first: who asks proves itself with one, and what is
    shown is signed with it. `new_id` names a question that has no `request_id` of its own."""

    find: Finder
    customers: Customers
    catalogue: Callable[[], Catalogue]
    surroundings: Callable[[Catalogue], Surroundings]
    renderer: Renderer
    decisions: Decisions
    bus: Bus
    keys: Callable[[], Sequence[str]]
    clock: Clock
    new_id: Callable[[], str]
    seed: str = "segue"

    def offers(self, asked: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Ranked offers with content, reasons and a reference each, and the decision's id.

        Raises `Unauthorized`, or `Rejected` with the field that is wrong.
        """
        return self._answered(asked, key, lambda _, __: None)

    def block(self, asked: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A block for a message that another system sends, such as an order confirmation: the best
        offer as it is shown on a page, at the `placement` that is asked for. It counts as seen.

        Marketing inside somebody's e-mail is marketing by e-mail: without consent to that on the
        `channel` that carries the message, `block` is None. Raises as `offers` does.
        """
        self._prove(key)
        carrier = asked.get("channel", "email")
        if not isinstance(carrier, str) or carrier not in CHANNELS:
            close = did_you_mean(nearest(str(carrier), CHANNELS))
            raise Rejected(f"{quoted(carrier)} is no channel{close}", "channel")
        told = self._answered(
            {**asked, "channel": BLOCK, "limit": 1},
            key,
            lambda purpose, customer: not_consented(customer, carrier, purpose),
        )
        for offer in told["offers"]:
            self.response({"reference": offer["reference"], "response": "viewed"}, key)
        return {
            "decision": told["decision"],
            "block": next(iter(told["offers"]), None),
            "reason": told["reason"],
        }

    def _answered(self, asked: Mapping[str, Any], key: str, barred: Barred) -> dict[str, Any]:
        self._prove(key)
        question, now = Question.from_dict(dict(asked)), self.clock()
        identities = _identities(asked)
        customer, catalogue = self._customer(identities), self.catalogue()
        event = self._event(asked, customer, now)
        scope = Scope(event, customer or _nobody(), now, self.surroundings(catalogue))

        def content(candidate: Candidate) -> Mapping[str, str]:
            if reason := barred(candidate.template.purpose, scope.customer):
                raise Rejected(reason)
            return self._content(candidate, scope)

        answered = answer(question, scope, catalogue, self.seed, content)
        half_life = catalogue.policies.learner.half_life
        shown = [
            {
                **_told(said, content),
                "reference": _reference(said, answered, scope, identities, half_life).signed(key),
            }
            for said, content in answered.offers
        ]
        receipt = receipt_of(answered, question, scope, catalogue.number)
        self._record(answered, scope, catalogue, receipt)
        told = {"decision": answered.decision_id, "known": customer is not None, "offers": shown}
        return {**told, "reason": receipt["sentence"]}

    def response(self, said: Mapping[str, Any], key: str) -> str:
        """Puts `offer.viewed` and the like on the bus; returns the event's id."""
        self._prove(key)
        reference = read_reference(said.get("reference"), self.keys())
        what = said.get("response")
        if what not in RESPONSES:
            close = did_you_mean(nearest(str(what), RESPONSES))
            raise Rejected(
                f"{quoted(what)} is not one of {', '.join(RESPONSES)}{close}", "response"
            )
        event = _responded(reference, str(what), self.clock())
        for reason in self.bus.publish("segue.outcome", [event.to_dict()]).values():
            raise Unavailable(f"the bus did not take the response: {reason}")
        return event.id

    def _prove(self, key: str) -> None:
        if not key or not is_any(map(utf8, self.keys()), [key]):
            raise Unauthorized("no live key")

    def _customer(self, identities: Mapping[str, str]) -> Customer | None:
        found = self.find(identities)
        return self.customers.read(found) if found else None

    def _event(self, asked: Mapping[str, Any], customer: Customer | None, now: datetime) -> Event:
        request_id, situation = asked.get("request_id") or self.new_id(), asked.get("situation", {})
        if not isinstance(request_id, str) or len(request_id) > LONGEST_ID:
            raise Rejected(f"wants a text of at most {LONGEST_ID} characters", "request_id")
        if not isinstance(situation, Mapping):
            raise Rejected(f"{quoted(situation)} is not a map of facts", "situation")
        placement = asked.get("placement", "")
        return Event(
            id=f"answer:{request_id}",
            type=ASKED,
            source=SOURCE,
            occurred_at=now,
            received_at=now,
            correlation_id=f"answer:{request_id}",
            customer_id=customer.customer_id if customer else "",
            properties={
                **situation,
                "channel": asked.get("channel", "web"),
                "placement": placement,
            },
        )

    def _content(self, candidate: Candidate, scope: Scope) -> dict[str, str]:
        template, offer, customer = candidate.template, candidate.offer, scope.customer
        piece = template.piece(candidate.channel, customer.contact.get("language", ""))
        event = {"type": scope.event.type, "properties": scope.event.properties}
        decision = decision_id(scope)
        reference = reference_id(decision, candidate)
        told = scope_of(
            template,
            piece,
            customer,
            event=event,
            offer=offer.told if offer else {},
            decision={"id": decision, "reference": reference, "code": code_of(reference)},
        )
        return finished(self.renderer.render(piece.body, told, piece.snippets), reference)

    def _record(
        self, answered: Answer, scope: Scope, catalogue: Catalogue, receipt: Mapping[str, Any]
    ) -> None:
        event = scope.event
        decision = Decision(
            id=answered.decision_id,
            customer_id=event.customer_id or ANONYMOUS,
            event_id=event.id,
            event_type=event.type,
            source=event.source,
            decided_at=scope.now,
            catalogue=catalogue.number,
            correlation_id=event.correlation_id,
            receipt=receipt,
            surroundings=scope.surroundings.name,
        )
        self.decisions.save([decision])
        for reason in self.bus.publish("segue.decision", [decision.to_dict()]).values():
            raise Unavailable(f"the decision was not published: {reason}")


def _identities(asked: Mapping[str, Any]) -> dict[str, str]:
    """`{"email": "ann@example.com"}`, or one key as people write it: `email#ann@example.com`."""
    said = asked.get("customer")
    if isinstance(said, str) and "#" in said:
        namespace, _, value = said.partition("#")
        return {namespace: value}
    if isinstance(said, Mapping) and said and all(isinstance(v, str) for v in said.values()):
        return {str(namespace): value for namespace, value in said.items()}
    raise Rejected("wants keys such as {'email': 'ann@example.com'} or 'loyalty#4711'", "customer")


def _told(said: Said, content: Mapping[str, str]) -> dict[str, Any]:
    candidate = said.ranked.candidate
    name = candidate.offer.name if candidate.offer else ""
    return {"offer": candidate.subject, "name": name, "content": dict(content)}


def _reference(
    said: Said,
    answered: Answer,
    scope: Scope,
    identities: Mapping[str, str],
    half_life: timedelta,
) -> Reference:
    candidate, belief, event = said.ranked.candidate, said.ranked.belief, scope.event
    arm = Arm(candidate.subject, candidate.channel)
    showing = Showing(arm, belief.bins if belief else (), scope.now, half_life)
    return Reference(
        id=reference_id(answered.decision_id, candidate),
        decision_id=answered.decision_id,
        customer_id=event.customer_id,
        correlation_id=event.correlation_id,
        offer=candidate.subject,
        channel=candidate.channel,
        category=candidate.category,
        placement=str(event.properties["placement"]),
        identities={} if event.customer_id else dict(identities),
        showing=showing.to_dict(),
    )


def _nobody() -> Customer:
    return Customer(customer_id=ANONYMOUS)


def _responded(reference: Reference, what: str, now: datetime) -> Event:
    """Said again, it is the same event."""
    told = {
        "offer": reference.offer,
        "channel": reference.channel,
        "category": reference.category,
        "placement": reference.placement,
        "reference": reference.id,
        "showing": dict(reference.showing),
    }
    return Event(
        id=f"{reference.id}.{what}",
        type=f"offer.{what}",
        source=SOURCE,
        occurred_at=now,
        received_at=now,
        correlation_id=reference.correlation_id,
        customer_id=reference.customer_id,
        identities=reference.identities,
        properties={name: value for name, value in told.items() if value},
        context={"decision_id": reference.decision_id, TRACE: _trace(reference).to_dict()},
    )


def _trace(reference: Reference) -> Trace:
    return Trace(
        action_id=reference.id,
        customer_id=reference.customer_id or ANONYMOUS,
        decision_id=reference.decision_id,
        decided_at=str(reference.showing.get("at", "")),
        channel=reference.channel,
        offer=reference.offer,
    )
