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
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.contact_policy.domain.contactability import check_consent
from hub.content.domain.link_tracking import finish_message
from hub.content.domain.template_scope import build_scope
from hub.content.ports import Renderer
from hub.decisioning.domain.arbitration import SelectedCandidate
from hub.expression.domain import Scope
from hub.history.ports import Decisions
from hub.identity.steps.find_customer import FindCustomer
from hub.inbound.domain.offer_reference import OfferReference, parse_offer_reference
from hub.inbound.domain.offer_selection import (
    DECISION_REQUESTED,
    OfferQuery,
    OfferSelection,
    build_receipt,
    derive_decision_id,
    derive_reference_id,
    select_offers,
)
from hub.kernel.constant_time import is_any_equal, to_utf8
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.errors import Rejected, Unauthorized
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.action_trace import TRACE, Trace
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code
from hub.platform.ports import Clock
from hub.profile.ports import Customers
from hub.surroundings.domain.surroundings import Surroundings

BLOCK_CHANNEL = "web"
"""A block of a message is made as one of a page is."""
ExtraGate = Callable[[str, Customer], str | None]
RESPONSES = ("viewed", "clicked", "accepted", "dismissed")
LONGEST_ID = 100
SOURCE = "answer"


@dataclass(frozen=True, slots=True)
class ServeOffers:
    """`keys` are the live API keys, the newest first: who asks proves itself with one, and what is
    shown is signed with it. `new_id` names a question that has no `request_id` of its own."""

    find: FindCustomer
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

    def serve_offers(self, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Ranked offers with content, reasons and a reference each, and the decision's id.

        Raises `Unauthorized`, or `Rejected` with the field that is wrong.
        """
        return self._select(body, key, lambda _, __: None)

    def serve_block(self, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A block for a message that another system sends, such as an order confirmation: the best
        offer as it is shown on a page, at the `placement` that is asked for. It counts as seen.

        Marketing inside somebody's e-mail is marketing by e-mail: without consent to that on the
        `channel` that carries the message, `block` is None. Raises as `offers` does.
        """
        self._authenticate(key)
        carrier = body.get("channel", "email")
        if not isinstance(carrier, str) or carrier not in CHANNELS:
            close = format_suggestion(find_nearest(str(carrier), CHANNELS))
            raise Rejected(f"{quote_value(carrier)} is no channel{close}", "channel")
        told = self._select(
            {**body, "channel": BLOCK_CHANNEL, "limit": 1},
            key,
            lambda purpose, customer: check_consent(customer, carrier, purpose),
        )
        for offer in told["offers"]:
            self.record_response({"reference": offer["reference"], "response": "viewed"}, key)
        return {
            "decision": told["decision"],
            "block": next(iter(told["offers"]), None),
            "reason": told["reason"],
        }

    def _select(self, asked: Mapping[str, Any], key: str, barred: ExtraGate) -> dict[str, Any]:
        self._authenticate(key)
        question, now = OfferQuery.from_dict(dict(asked)), self.clock()
        identities = _parse_identities(asked)
        customer, catalogue = self._find_customer(identities), self.catalogue()
        event = self._build_event(asked, customer, now)
        scope = Scope(event, customer or _anonymous_customer(), now, self.surroundings(catalogue))

        def content(candidate: Candidate) -> Mapping[str, str]:
            if reason := barred(candidate.template.purpose, scope.customer):
                raise Rejected(reason)
            return self._render_content(candidate, scope)

        answered = select_offers(question, scope, catalogue, self.seed, content)
        half_life = find_learner(catalogue.policies).half_life
        shown = [
            {
                **_to_offer_json(said, content),
                "reference": _build_reference(
                    said, answered, scope, identities, half_life
                ).to_token(key),
            }
            for said, content in answered.offers
        ]
        receipt = build_receipt(answered, question, scope, catalogue.number)
        self._record_decision(answered, scope, catalogue, receipt)
        told = {"decision": answered.decision_id, "known": customer is not None, "offers": shown}
        return {**told, "reason": receipt["sentence"]}

    def record_response(self, body: Mapping[str, Any], key: str) -> str:
        """Puts `offer.viewed` and the like on the bus; returns the event's id."""
        self._authenticate(key)
        reference = parse_offer_reference(body.get("reference"), self.keys())
        what = body.get("response")
        if what not in RESPONSES:
            close = format_suggestion(find_nearest(str(what), RESPONSES))
            raise Rejected(
                f"{quote_value(what)} is not one of {', '.join(RESPONSES)}{close}", "response"
            )
        event = _build_response_event(reference, str(what), self.clock())
        self.bus.publish_one(bus_records.OUTCOME, event.to_dict())
        return event.id

    def _authenticate(self, key: str) -> None:
        if not key or not is_any_equal(map(to_utf8, self.keys()), [key]):
            raise Unauthorized("no live key")

    def _find_customer(self, identities: Mapping[str, str]) -> Customer | None:
        found = self.find(identities)
        return self.customers.read(found) if found else None

    def _build_event(
        self, asked: Mapping[str, Any], customer: Customer | None, now: datetime
    ) -> Event:
        request_id, situation = asked.get("request_id") or self.new_id(), asked.get("situation", {})
        if not isinstance(request_id, str) or len(request_id) > LONGEST_ID:
            raise Rejected(f"wants a text of at most {LONGEST_ID} characters", "request_id")
        if not isinstance(situation, Mapping):
            raise Rejected(f"{quote_value(situation)} is not a map of facts", "situation")
        placement = asked.get("placement", "")
        return Event(
            id=f"answer:{request_id}",
            type=DECISION_REQUESTED,
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

    def _render_content(self, candidate: Candidate, scope: Scope) -> dict[str, str]:
        template, offer, customer = candidate.template, candidate.offer, scope.customer
        piece = template.localize(candidate.channel, customer.contact.get("language", ""))
        event = {"type": scope.event.type, "properties": scope.event.properties}
        decision = derive_decision_id(scope)
        reference = derive_reference_id(decision, candidate)
        told = build_scope(
            template,
            piece,
            customer,
            event=event,
            offer=offer.template_values if offer else {},
            decision={"id": decision, "reference": reference, "code": derive_promo_code(reference)},
        )
        return finish_message(self.renderer.render(piece.body, told, piece.snippets), reference)

    def _record_decision(
        self,
        answered: OfferSelection,
        scope: Scope,
        catalogue: Catalogue,
        receipt: Mapping[str, Any],
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
        self.bus.publish_one(bus_records.DECISION, decision.to_dict())


def _parse_identities(asked: Mapping[str, Any]) -> dict[str, str]:
    """`{"email": "ann@example.com"}`, or one key as people write it: `email#ann@example.com`."""
    said = asked.get("customer")
    if isinstance(said, str) and "#" in said:
        namespace, _, value = said.partition("#")
        return {namespace: value}
    if isinstance(said, Mapping) and said and all(isinstance(v, str) for v in said.values()):
        return {str(namespace): value for namespace, value in said.items()}
    raise Rejected("wants keys such as {'email': 'ann@example.com'} or 'loyalty#4711'", "customer")


def _to_offer_json(said: SelectedCandidate, content: Mapping[str, str]) -> dict[str, Any]:
    candidate = said.ranked.candidate
    name = candidate.offer.name if candidate.offer else ""
    return {"offer": candidate.subject, "name": name, "content": dict(content)}


def _build_reference(
    said: SelectedCandidate,
    answered: OfferSelection,
    scope: Scope,
    identities: Mapping[str, str],
    half_life: timedelta,
) -> OfferReference:
    candidate, belief, event = said.ranked.candidate, said.ranked.draw, scope.event
    arm = Arm(candidate.subject, candidate.channel)
    showing = Exposure(arm, belief.bins if belief else (), scope.now, half_life)
    return OfferReference(
        id=derive_reference_id(answered.decision_id, candidate),
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


def _anonymous_customer() -> Customer:
    return Customer(customer_id=ANONYMOUS)


def _build_response_event(reference: OfferReference, what: str, now: datetime) -> Event:
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
        context={"decision_id": reference.decision_id, TRACE: _build_trace(reference).to_dict()},
    )


def _build_trace(reference: OfferReference) -> Trace:
    return Trace(
        action_id=reference.id,
        customer_id=reference.customer_id or ANONYMOUS,
        decision_id=reference.decision_id,
        decided_at=str(reference.showing.get("at", "")),
        channel=reference.channel,
        offer=reference.offer,
    )
