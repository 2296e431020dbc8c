"""All gates before what might be said to one customer at one moment.

What bars a customer whatever is said (caps that are reached, a control group, an open complaint) is
worked out once a decision; each candidate is then held against the few bars that there are.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.offer import EVER, Goal, Offer
from hub.catalogue.domain.policy import DEFER, About, FrequencyCap, Holdout, Policies, QuietHours
from hub.contact_policy.domain.contactability import (
    MARKETING,
    not_consented,
    reached_since,
    silenced,
    unreachable,
)
from hub.expression.domain import Scope
from hub.kernel.times import iso, moment
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.model.channels import OUTBOUND, addresses
from hub.model.customer_clock import beginnings, local
from hub.profile.domain.contact_history import Contact


class Way(NamedTuple):
    """A channel as it is open to a purpose: closed for `reason`, or at `address`. In quiet hours it
    waits until `opens_at`."""

    reason: str | None
    address: str = ""
    opens_at: datetime | None = None


class Gates:
    """Each question is answered once."""

    def __init__(self, scope: Scope, policies: Policies) -> None:
        self._scope = scope
        self._policies = policies
        self._limits = scope.customer.limits
        self._ways: dict[tuple[str, str], Way] = {}
        self._offers: dict[str, str | None] = {}
        self._goals: dict[str, str | None] = {}
        self._quiet = self._quiet_now() if policies.quiet_hours else []
        always = tuple(self._suppressed())
        self._bars = (*always, *self._capped(policies.frequency_caps))
        # Where the customer comes to us, only what caps that channel by its name counts.
        self._bars_inside = (*always, *self._capped(policies.inbound_caps))
        # Who is not known yet has no name to draw an arm by: they are in no group and no trial.
        known = scope.customer.customer_id != ANONYMOUS
        self._holdouts = policies.holdouts if known else ()
        # Asked last, so that whom a holdout stops would have been spoken to.
        self._holding = [p for p in self._holdouts if p.holds(scope.customer.customer_id)]

    def closed(self, request: Request, candidate: Candidate) -> str | None:
        """The first gate that is closed to it; only marketing has to pass those behind the way."""
        reason = self.way(candidate).reason
        if reason or candidate.template.purpose != MARKETING:
            return reason
        closed = self._closed_to_all(request, candidate)
        return self._held_out(request, candidate) if self._holding and not closed else closed

    def trials(self, request: Request, candidate: Candidate) -> Iterator[tuple[Holdout, bool]]:
        """The holdouts that are about it, where nothing but holdouts keeps it from being said, each
        with whether it holds the customer. Whom another holds too tells nothing of this one."""
        if candidate.template.purpose != MARKETING or self.way(candidate).reason:
            return
        about = _subject(request, candidate)
        trying = [p for p in self._holdouts if p.about.covers(*about)]
        if trying and not self._closed_to_all(request, candidate):
            held = [policy for policy in trying if policy in self._holding]
            yield from ((p, p in held) for p in trying if held in ([], [p]))

    def _closed_to_all(self, request: Request, candidate: Candidate) -> str | None:
        """Whatever chance says."""
        if self._bars and (barred := self._barred(request, candidate)):
            return barred
        if candidate.goal and (reached := self._reached_since(candidate.goal)):
            return f"its goal {candidate.goal} was reached at {reached}"
        return self._silenced(request, candidate) if "suppressed" in self._limits else None

    def way(self, candidate: Candidate) -> Way:
        key = candidate.channel, candidate.template.purpose
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self._way(*key)
        return way

    def _way(self, channel: str, purpose: str) -> Way:
        customer = self._scope.customer
        known, opens_at = addresses(customer, channel), None
        reason = not_consented(customer, channel, purpose) or unreachable(channel, known)
        if reason:
            return Way(reason)
        for hours, until in self._quiet if channel in OUTBOUND else ():
            if hours.covers(channel, purpose):
                if hours.then != DEFER:
                    return Way(f"quiet hours until {iso(until)}")
                opens_at = max(until, opens_at or until)
        return Way(None, known[0] if known else "", opens_at)

    def offer(self, offer: Offer) -> str | None:
        """The first gate that is closed to the offer, wherever and for whatever it is made."""
        name = offer.offer_id
        if name not in self._offers:
            self._offers[name] = self._closed_offer(offer)
        return self._offers[name]

    def _closed_offer(self, offer: Offer) -> str | None:
        scope, limits = self._scope, self._limits
        if offer.starts and scope.now < offer.starts:
            return f"it starts at {iso(offer.starts)}"
        if offer.ends and scope.now >= offer.ends:
            return f"it ended at {iso(offer.ends)}"
        if offer.goal and "goals" in limits and (reached := self._reached(offer, offer.goal)):
            return f"its goal {offer.goal.event} was reached at {reached}"
        if offer.product and (short := self._out_of_stock(offer.product)):
            return short
        if offer.eligible and (failure := offer.eligible.failure(scope)):
            return f"wanted {failure.clause} but saw {failure.saw}"
        had = offer.caps and ("contacts" in limits or "offers" in limits)
        return self._offer_capped(offer) if had else None

    def _reached(self, offer: Offer, goal: Goal) -> str | None:
        """As it stood before the event at hand, on which a next purchase may be asked for."""
        here = iso(self._scope.event.occurred_at)
        reached = self._limits["goals"].get(goal.name, ())
        at: str | None = next((at for at in reached if at != here), None)
        if at and offer.again_after and moment(at) + offer.again_after <= self._scope.now:
            return None
        return at

    def _out_of_stock(self, product: str) -> str | None:
        """A product whose stock nobody tells is taken as being there."""
        available = self._scope.surroundings.stock.get(product, {}).get("available")
        return f"{product} is out of stock" if available is not None and available <= 0 else None

    def _offer_capped(self, offer: Offer) -> str | None:
        name = offer.offer_id
        ever = self._limits.get("offers", {}).get(name, 0)
        for period, most in offer.caps.items():
            had = ever if period == EVER else sum(c[3] == name for c in self._contacts(period))
            if had >= most:
                return f"they had it {had} times ({most} a customer, {period})"
        return None

    def _barred(self, request: Request, candidate: Candidate) -> str | None:
        about = _subject(request, candidate)
        for bar, reason in self._bars if candidate.channel in OUTBOUND else self._bars_inside:
            if bar.covers(*about):
                return reason
        return None

    def _silenced(self, request: Request, candidate: Candidate) -> str | None:
        about = {
            "category": candidate.category,
            "goal": candidate.goal,
            "offer": candidate.offer_id,
            "strategy": request.strategy,
        }
        return silenced(self._scope.customer, about, self._scope.now)

    def _reached_since(self, goal: str) -> str | None:
        """What the messages are about may be some hours old."""
        if goal not in self._goals:
            scope = self._scope
            self._goals[goal] = reached_since(scope.customer, goal, scope.event.begun_at)
        return self._goals[goal]

    def _suppressed(self) -> Iterator[tuple[About, str]]:
        for policy in self._policies.suppressions:
            if policy.when and policy.when.matches(self._scope):
                yield policy.about, f"silence: {policy.reason}"

    def _held_out(self, request: Request, candidate: Candidate) -> str | None:
        about = _subject(request, candidate)
        groups = (holdout.group for holdout in self._holding if holdout.about.covers(*about))
        return next((f"in the {group}" for group in groups), None)

    def _capped(self, caps: Iterable[FrequencyCap]) -> Iterator[tuple[About, str]]:
        for cap in caps if "contacts" in self._limits else ():
            if reason := self._cap_reached(cap):
                yield cap.about, reason

    def _cap_reached(self, cap: FrequencyCap) -> str | None:
        for period, most in cap.most.items():
            had = sum(
                (c[1] == cap.about.channel if cap.about.channel else c[1] in OUTBOUND)
                and cap.about.category in ("", c[2])
                for c in self._contacts(period)
            )
            if had >= most:
                return f"{cap.about} messages are capped at {most} a {period}, they had {had}"
        return None

    def _contacts(self, period: str) -> list[Contact]:
        if not (contacts := self._limits.get("contacts")):
            return []
        since = beginnings(self._scope.customer, self._scope.now)[period]
        return [contact for contact in contacts if contact[0] >= since]

    def _quiet_now(self) -> list[tuple[QuietHours, datetime]]:
        """Those that hold now on the customer's clock, and when each ends."""
        now = local(self._scope.customer, self._scope.now)
        ends = ((hours, hours.hours.ends_at(now)) for hours in self._policies.quiet_hours)
        return [(hours, until) for hours, until in ends if until]


def _subject(request: Request, candidate: Candidate) -> tuple[str, str, str, str]:
    """Channel, category, offer and strategy: what a policy may be about."""
    return candidate.channel, candidate.category, candidate.offer_id, request.strategy
