"""What is said becomes an action; what must wait becomes a timer that has it decided anew."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.catalogue.domain.policy.quiet_hours import QuietHours
from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.decisioning.domain.arbitration import SelectedCandidate
from hub.decisioning.domain.reconsideration import DEFERRED, Reconsideration
from hub.kernel.digest import digest
from hub.kernel.duration import parse_duration
from hub.kernel.times import to_iso
from hub.learning.domain.feedback import Exposure
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.event import Event, follow_up
from hub.model.quiet_hours import QuietPeriod

DEFAULT_LIFETIME = timedelta(days=3)


class ActionBuilder:
    """Makes the actions of one decision. `event` is the one at hand; a message may be about an
    earlier one."""

    def __init__(self, event: Event, catalogue: Catalogue, decision_id: str, now: datetime) -> None:
        self._event = event
        self._catalogue = catalogue
        self._decision_id = decision_id
        self._now = now

    def build_message(
        self,
        selected: SelectedCandidate,
        customer: Customer,
        reconsideration: Reconsideration,
        action_id: str,
    ) -> Action:
        request, candidate, *_ = selected.ranked
        retry = (
            reconsideration.exclude(candidate.subject, candidate.channel).to_dict()
            if selected.claims
            else {}
        )
        return self.build_action(
            request,
            customer,
            reconsideration.event,
            expires_at=reconsideration.since + lifetime(request),
            id=action_id,
            channel=candidate.channel,
            what=_build_content(request, candidate),
            address=selected.address,
            offer=candidate.offer_id,
            category=candidate.category,
            goal=candidate.goal,
            showing=self._build_exposure(selected),
            claims=selected.claims,
            again=retry,
            quiet=self._select_quiet_hours(candidate),
        )

    def build_action(
        self, requested_by: Rule | Request, customer: Customer, about: Event, **given: Any
    ) -> Action:
        """An action that the rule asked for; `about` is the event that its content may quote."""
        given.setdefault("expires_at", self._now + DEFAULT_LIFETIME)
        return Action(
            customer_id=customer.customer_id,
            decision_id=self._decision_id,
            rule_id=requested_by.rule_id,
            strategy=requested_by.strategy,
            state=dialogue_state(customer, requested_by.strategy),
            catalogue=self._catalogue.number,
            decided_at=self._now,
            correlation_id=self._event.correlation_id,
            hops=self._event.hops,
            path=tuple(self._event.path),
            event=_quote_event(about),
            **given,
        )

    def build_deferral_timer(
        self, until: datetime, customer_id: str, reconsideration: Reconsideration
    ) -> Timer:
        """The same for all that waits until then."""
        event = self._event
        timer_id = f"t-{digest(f'{event.id} again {to_iso(until)}', 12)}"
        later = follow_up(
            event,
            id=timer_id,
            type=DEFERRED,
            at=until,
            customer_id=customer_id,
            properties={"again": reconsideration.to_dict()},
            context={"path": event.path, "cause": event.id},
        )
        return Timer(id=timer_id, customer_id=customer_id, due_at=until, event=later.to_dict())

    def _select_quiet_hours(self, candidate: Candidate) -> tuple[QuietPeriod, ...]:
        """It may lie in a queue into the night."""
        policies, purpose = self._catalogue.policies.of_kind(QuietHours), candidate.template.purpose
        return tuple(p.hours for p in policies if p.covers(candidate.channel, purpose))

    def _build_exposure(self, said: SelectedCandidate) -> Mapping[str, Any]:
        candidate, belief = said.ranked.candidate, said.ranked.draw
        if belief is None:
            return {}
        half_life = find_learner(self._catalogue.policies).half_life
        return Exposure(candidate.arm, belief.bins, self._now, half_life).to_dict()


def _quote_event(event: Event) -> dict[str, Any]:
    """What a template may quote of the event, and, where it is the end of a wait, since when."""
    told = {"id": event.id, "type": event.type, "occurred_at": to_iso(event.occurred_at)}
    since = {"since": to_iso(event.began_at)} if event.began_at != event.occurred_at else {}
    return {**told, **since, "properties": event.properties}


def lifetime(request: Request) -> timedelta:
    """For how long it is worth saying, from when it was first decided."""
    words = request.words
    return parse_duration(words["expires"]) if "expires" in words else DEFAULT_LIFETIME


def _build_content(request: Request, candidate: Candidate) -> dict[str, Any]:
    """The verb's own words and what was chosen: template, purpose, queue, offer."""
    words = {**request.words, "template": candidate.template.template_id}
    words["purpose"] = candidate.template.purpose
    if candidate.queue:
        words["queue"] = candidate.queue
    if offer := candidate.offer:
        words["offer"] = offer.template_values
        words.setdefault("reason", offer.name or offer.offer_id)
    return words
