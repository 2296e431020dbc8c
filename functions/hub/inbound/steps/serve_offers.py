"""Selects offers for a customer on request, and takes in what became of them.

A request writes nothing of the customer. An impression or a response comes back with the offer's
reference and is an event like every other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.catalogue.domain.candidate import Candidate
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.contact_policy.domain.contactability import check_consent, find_open_addresses
from hub.contact_policy.domain.refused_address import check_refused_address
from hub.content.domain.link_tracking import finish_message
from hub.content.domain.template_scope import build_scope
from hub.content.ports import Renderer
from hub.decisioning.domain.arbitration import SelectedCandidate
from hub.expression.domain import Scope
from hub.history.ports import Decisions
from hub.identity.steps.find_customer import FindCustomer
from hub.inbound.domain.answer_ids import SOURCE, derive_event_id
from hub.inbound.domain.customer_keys import parse_customer_keys
from hub.inbound.domain.offer_reference import (
    APPLICATIONS,
    OfferReference,
    build_reference,
    parse_offer_reference,
)
from hub.inbound.domain.offer_selection import (
    DECISION_REQUESTED,
    OfferQuery,
    OfferSelection,
    build_receipt,
    derive_decision_id,
    derive_reference_id,
    find_closed_gate,
    select_offers,
)
from hub.inbound.domain.response_event import build_response_event, read_response
from hub.kernel.constant_time import is_any_equal, to_utf8
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.errors import Rejected, Unauthorized
from hub.kernel.json_types import Json, JsonObject
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code
from hub.model.trust import Trust
from hub.platform.ports import Clock
from hub.profile.domain.public_view import select_public_view
from hub.profile.ports import Customers
from hub.surroundings.domain.surroundings import Surroundings

BLOCK_CHANNEL = "web"
"""The content of a block is that of a page."""
ExtraGate = Callable[[str, Customer], str | None]
LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class ServeOffers:
    """Answers the API's requests for offers.

    `keys` are the live API keys, the newest first. A client authenticates with one, and the hub
    seals references with it. `new_id` makes the id of a request without a `request_id`.
    """

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

    def serve_offers(
        self,
        body: JsonObject,
        key: str,
        audience: str = APPLICATIONS,
        trust: Trust = Trust.TRUSTED,
    ) -> dict[str, Json]:
        """Returns the ranked offers with content and reference, the reason and the decision id.

        The references are good for `audience` alone. To somebody without a proof of who they are
        (`trust` is public), an offer must be open by the public view of the profile, which is all
        that it shows, and by the whole profile.
        Raises `Unauthorized`, or `Rejected` with the field that is wrong.
        """
        return self._select(body, key, lambda _, __: None, audience, trust)

    def serve_block(self, body: JsonObject, key: str) -> dict[str, Json]:
        """Returns the best offer at `placement` as a block for another system's message.

        The block counts as seen. Marketing inside somebody's e-mail is marketing by e-mail: without
        consent to marketing on the `channel` that carries the message, or if the address refused
        it, `block` is None. Raises as `serve_offers` does.
        """
        self._authenticate(key)
        carrier = body.get("channel", "email")
        if not isinstance(carrier, str) or carrier not in CHANNELS:
            close = format_suggestion(find_nearest(str(carrier), CHANNELS))
            raise Rejected(f"{quote_value(carrier)} is no channel{close}", "channel")
        selection = self._select(
            {**body, "channel": BLOCK_CHANNEL, "limit": 1},
            key,
            lambda purpose, customer: (
                check_consent(customer, carrier, purpose)
                or _check_carrier(carrier, purpose, customer, body)
            ),
        )
        for offer in selection["offers"]:
            self.record_response({"reference": offer["reference"], "response": "viewed"}, key)
        return {
            "decision": selection["decision"],
            "block": next(iter(selection["offers"]), None),
            "reason": selection["reason"],
        }

    def _select(
        self,
        body: JsonObject,
        key: str,
        extra_gate: ExtraGate,
        audience: str = APPLICATIONS,
        trust: Trust = Trust.TRUSTED,
    ) -> dict[str, Json]:
        self._authenticate(key)
        query, now = OfferQuery.from_dict(dict(body)), self.clock()
        identities = parse_customer_keys(body)
        customer, catalogue = self._find_customer(identities), self.catalogue()
        event = self._build_event(body, customer, now)
        whole_scope = Scope(
            event, customer or _anonymous_customer(), now, self.surroundings(catalogue)
        )
        scope = whole_scope
        if not trust.proves_person:
            scope = whole_scope._replace(customer=select_public_view(whole_scope.customer))

        def content(candidate: Candidate) -> Mapping[str, str]:
            reason = extra_gate(candidate.template.purpose, scope.customer)
            if scope is not whole_scope:
                reason = reason or find_closed_gate(candidate, whole_scope, catalogue)
            if reason:
                raise Rejected(reason)
            return self._render_content(candidate, scope)

        selection = select_offers(query, scope, catalogue, self.seed, content)
        half_life = find_learner(catalogue.policies).half_life
        offers = [
            {
                **_to_offer_json(selected, content),
                "reference": build_reference(selected, scope, identities, half_life).to_token(
                    key, audience
                ),
            }
            for selected, content in selection.offers
        ]
        receipt = build_receipt(selection, query, scope, catalogue.number)
        self._record_decision(selection, scope, catalogue, receipt)
        return {
            "decision": selection.decision_id,
            "known": customer is not None,
            "offers": offers,
            "reason": receipt["sentence"],
        }

    def record_response(
        self,
        body: JsonObject,
        key: str,
        audience: str = APPLICATIONS,
        visitors: Sequence[Mapping[str, str]] = (),
    ) -> str:
        """Puts `offer.viewed`, `offer.clicked` ... on the bus and returns the event's id.

        The reference must be one that `audience` got. If the request names who responds, in
        `customer` or as `visitors`, it must be one that was requested for one of them.
        Raises `Unauthorized`, or `Rejected` with the field that is wrong.
        """
        self._authenticate(key)
        reference = parse_offer_reference(body.get("reference"), self.keys(), audience)
        if audience == APPLICATIONS and body.get("customer") not in (None, ""):
            visitors = [parse_customer_keys(body)]
        if visitors and not any(self._is_of(reference, keys) for keys in visitors):
            raise Rejected("is the reference of somebody else", "reference")
        response = read_response(body)
        trust = Trust.TRUSTED if audience == APPLICATIONS else Trust.PUBLIC
        event = build_response_event(reference, response, trust, self.clock())
        self.bus.publish_one(bus_records.OUTCOME, event.to_dict())
        return event.id

    def _is_of(self, reference: OfferReference, identities: Mapping[str, str]) -> bool:
        """Whether the offer was requested for these keys, or for their customer by other keys."""
        return reference.was_requested_for(identities) or (
            reference.customer_id != "" and self.find(identities) == reference.customer_id
        )

    def _authenticate(self, key: str) -> None:
        if not key or not is_any_equal(map(to_utf8, self.keys()), [key]):
            raise Unauthorized("no live key")

    def _find_customer(self, identities: Mapping[str, str]) -> Customer | None:
        customer_id = self.find(identities)
        return self.customers.read(customer_id) if customer_id else None

    def _build_event(self, body: JsonObject, customer: Customer | None, now: datetime) -> Event:
        request_id, situation = self._read_request_id(body), body.get("situation", {})
        if not isinstance(situation, Mapping):
            raise Rejected(f"{quote_value(situation)} is not a map of facts", "situation")
        placement = body.get("placement", "")
        return Event(
            id=derive_event_id(request_id),
            type=DECISION_REQUESTED,
            source=SOURCE,
            occurred_at=now,
            received_at=now,
            correlation_id=derive_event_id(request_id),
            customer_id=customer.customer_id if customer else "",
            properties={
                **situation,
                "channel": body.get("channel", "web"),
                "placement": placement,
            },
        )

    def _read_request_id(self, body: JsonObject) -> str:
        """Many clients write `null` or an empty text where they have no id."""
        request_id = body.get("request_id")
        if request_id in (None, ""):
            return self.new_id()
        if not isinstance(request_id, str) or len(request_id) > LONGEST_ID:
            raise Rejected(f"wants a text of at most {LONGEST_ID} characters", "request_id")
        return request_id

    def _render_content(self, candidate: Candidate, scope: Scope) -> dict[str, str]:
        template, offer, customer = candidate.template, candidate.offer, scope.customer
        piece = template.localize(candidate.channel, customer.contact.get("language", ""))
        event = {"type": scope.event.type, "properties": scope.event.properties}
        decision = derive_decision_id(scope)
        reference = derive_reference_id(decision, candidate)
        variables = build_scope(
            template,
            piece,
            customer,
            event=event,
            offer=offer.template_values if offer else {},
            decision={"id": decision, "reference": reference, "code": derive_promo_code(reference)},
        )
        return finish_message(
            self.renderer.render(piece.body, variables, piece.snippets), reference
        )

    def _record_decision(
        self,
        selection: OfferSelection,
        scope: Scope,
        catalogue: Catalogue,
        receipt: JsonObject,
    ) -> None:
        event = scope.event
        decision = Decision(
            id=selection.decision_id,
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


def _check_carrier(carrier: str, purpose: str, customer: Customer, body: JsonObject) -> str | None:
    """Returns why the message's address must not get the content, or None.

    It is the address by which the customer is asked for, or any of the customer's."""
    address = CHANNELS[carrier].address
    if address is None or not customer.refusals:
        return None
    asked = parse_customer_keys(body).get(address.namespace, "")
    if reason := check_refused_address(customer.refusals, carrier, purpose, asked):
        return reason
    return find_open_addresses(customer, carrier, purpose)[1]


def _to_offer_json(selected: SelectedCandidate, content: Mapping[str, str]) -> dict[str, Json]:
    candidate = selected.ranked.candidate
    name = candidate.offer.name if candidate.offer else ""
    return {"offer": candidate.subject, "name": name, "content": dict(content)}


def _anonymous_customer() -> Customer:
    return Customer(customer_id=ANONYMOUS)
