"""All gates before what might be said to one customer at one moment.

What bars a customer whatever is said (caps that are reached, a control group, an open complaint) is
worked out once a decision; each candidate is then held against the few bars that there are.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from hub.domain.candidate import Candidate
from hub.domain.channels import INBOUND, OUTBOUND, addresses
from hub.domain.contacts import Contact
from hub.domain.expression import Scope
from hub.domain.gates import (
    MARKETING,
    not_consented,
    reached_since,
    silenced,
    unreachable,
)
from hub.domain.local_time import beginnings, local
from hub.domain.offer import EVER, Offer
from hub.domain.policy import ANYTHING, DEFER, About, FrequencyCap, Policies, QuietHours
from hub.domain.times import iso, moment


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
        self._ways: dict[tuple[str, str], Way] = {}
        self._offers: dict[str, str | None] = {}
        self._goals: dict[tuple[str, datetime], str | None] = {}

    def closed(self, candidate: Candidate) -> str | None:
        """The first gate that is closed to it; only marketing has to pass those behind the way."""
        way = self.way(candidate)
        if way.reason or candidate.template.purpose != MARKETING:
            return way.reason
        return self._barred(candidate)

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
            if hours.about.channel in ("", channel) and purpose in hours.purposes:
                if hours.then != DEFER:
                    return Way(f"quiet hours until {iso(until)}")
                opens_at = max(until, opens_at or until)
        return Way(None, known[0] if known else "", opens_at)

    def offer(self, offer: Offer) -> str | None:
        """The first gate that is closed to the offer, wherever and for whatever it is made."""
        if offer.offer_id not in self._offers:
            self._offers[offer.offer_id] = self._closed_offer(offer)
        return self._offers[offer.offer_id]

    def _closed_offer(self, offer: Offer) -> str | None:
        scope = self._scope
        if offer.starts and scope.now < offer.starts:
            return f"it starts at {iso(offer.starts)}"
        if offer.ends and scope.now >= offer.ends:
            return f"it ended at {iso(offer.ends)}"
        if offer.goal and (reached := self._reached(offer, offer.goal.name)):
            return f"its goal {offer.goal.event} was reached at {reached}"
        if offer.product and (short := self._out_of_stock(offer.product)):
            return short
        if offer.eligible and not offer.eligible.matches(scope):
            failure = offer.eligible.failure(scope)
            return f"wanted {failure.clause} but saw {failure.saw}" if failure else "not eligible"
        return self._offer_capped(offer)

    def _reached(self, offer: Offer, goal: str) -> str | None:
        """As it stood before the event at hand, on which a next purchase may be asked for."""
        reached = self._scope.customer.limits.get("goals", {}).get(goal, ())
        here = iso(self._scope.event.occurred_at)
        at: str | None = next((at for at in reached if at != here), None)
        if at and offer.again_after and moment(at) + offer.again_after <= self._scope.now:
            return None
        return at

    def _out_of_stock(self, product: str) -> str | None:
        """A product whose stock nobody tells is taken as being there."""
        available = self._scope.surroundings.stock.get(product, {}).get("available")
        return f"{product} is out of stock" if available is not None and available <= 0 else None

    def _offer_capped(self, offer: Offer) -> str | None:
        ever = self._scope.customer.limits.get("offers", {}).get(offer.offer_id, 0)
        for period, most in offer.caps.items():
            of_period = self._contacts(period) if period != EVER else ()
            had = ever if period == EVER else sum(c[3] == offer.offer_id for c in of_period)
            if had >= most:
                return f"they had it {had} times ({most} a customer, {period})"
        return None

    def _barred(self, candidate: Candidate) -> str | None:
        channel, offer = candidate.channel, candidate.offer_id
        category, strategy = candidate.category, candidate.request.strategy
        for about, reason in self._bars if channel in OUTBOUND else self._bars_inside:
            if about.covers(channel, category, offer, strategy):
                return reason
        if candidate.goal and (reached := self._reached_since(candidate)):
            return f"its goal {candidate.goal} was reached at {reached}"
        if "suppressed" not in self._scope.customer.limits:
            return None
        named = {"category": category, "goal": candidate.goal, "offer": offer, "strategy": strategy}
        return silenced(self._scope.customer, named, self._scope.now)

    def _reached_since(self, candidate: Candidate) -> str | None:
        """What a message is about may be some hours old."""
        goal, since = candidate.goal, candidate.request.event.occurred_at
        if (goal, since) not in self._goals:
            self._goals[goal, since] = reached_since(self._scope.customer, goal, since)
        return self._goals[goal, since]

    @cached_property
    def _bars(self) -> tuple[tuple[About, str], ...]:
        return (
            *self._suppressed(),
            *self._held_out(),
            *self._capped(self._policies.frequency_caps),
        )

    @cached_property
    def _bars_inside(self) -> tuple[tuple[About, str], ...]:
        """Where the customer comes to us, only what caps that channel by its name counts."""
        named = (cap for cap in self._policies.frequency_caps if cap.about.channel in INBOUND)
        return (*self._suppressed(), *self._held_out(), *self._capped(named))

    def _suppressed(self) -> Iterator[tuple[About, str]]:
        for policy in self._policies.suppressions:
            if policy.when and policy.when.matches(self._scope):
                yield policy.about, f"silence: {policy.reason}"

    def _held_out(self) -> Iterator[tuple[About, str]]:
        for policy in self._policies.holdouts:
            if policy.holds(self._scope.customer.customer_id):
                everybody = policy.about == ANYTHING
                group = "universal control group" if everybody else f"holdout of {policy.about}"
                yield policy.about, f"in the {group}"

    def _capped(self, caps: Iterable[FrequencyCap]) -> Iterator[tuple[About, str]]:
        if "contacts" in self._scope.customer.limits:
            for cap in caps:
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
        since = self._beginnings[period]
        return [c for c in self._scope.customer.limits.get("contacts", ()) if c[0] >= since]

    @cached_property
    def _beginnings(self) -> Mapping[str, int]:
        return beginnings(self._scope.customer, self._scope.now)

    @cached_property
    def _quiet(self) -> list[tuple[QuietHours, datetime]]:
        """Those that hold now on the customer's clock, and when each ends."""
        if not self._policies.quiet_hours:
            return []
        now = local(self._scope.customer, self._scope.now)
        ends = ((hours, hours.ends_at(now)) for hours in self._policies.quiet_hours)
        return [(hours, until) for hours, until in ends if until]
