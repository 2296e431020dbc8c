"""All gates before what might be said to one customer at one moment.

What bars a customer whatever is said (caps that are reached, a control group, an open complaint) is
worked out once a decision; each candidate is then held against the few bars that there are.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.offer import EVER, Goal, Offer
from hub.catalogue.domain.policy import Policies
from hub.catalogue.domain.policy.frequency_cap import FrequencyCap
from hub.catalogue.domain.policy.holdout import Holdout
from hub.catalogue.domain.policy.quiet_hours import DEFER, QuietHours
from hub.catalogue.domain.policy.scope import PolicyScope
from hub.catalogue.domain.policy.suppression import Suppression
from hub.contact_policy.domain.contactability import (
    MARKETING,
    check_consent,
    check_reachability,
    check_suppression,
    find_goal_reached_since,
)
from hub.expression.domain import Scope
from hub.kernel.times import parse_time, to_iso
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.model.addresses import find_addresses
from hub.model.channels import INBOUND_CHANNELS, OUTBOUND_CHANNELS
from hub.model.customer_clock import period_starts, to_local_time


class ChannelAccess(NamedTuple):
    """A channel as it is open to a purpose: closed for `reason`, or at `address`. In quiet hours it
    waits until `opens_at`."""

    reason: str | None
    address: str = ""
    opens_at: datetime | None = None


class EligibilityGates:
    """Each question is answered once."""

    def __init__(self, scope: Scope, policies: Policies) -> None:
        self._scope = scope
        self._policies = policies
        self._history = scope.customer.contact_history
        self._access_by_channel: dict[tuple[str, str], ChannelAccess] = {}
        self._offer_gates: dict[str, str | None] = {}
        self._goal_times: dict[str, str | None] = {}
        self._quiet_hours_now = self._find_quiet_hours_now()
        always = tuple(self._find_suppressed_scopes())
        capped = tuple(self._find_capped_scopes(policies.of_kind(FrequencyCap)))
        self._closed_scopes = (*always, *capped)
        # Where the customer comes to us, only what caps that channel by its name counts.
        inbound = (cap for cap in capped if cap[0].channel in INBOUND_CHANNELS)
        self._closed_inbound_scopes = (*always, *inbound)
        # Who is not known yet has no name to draw an arm by: they are in no group and no trial.
        known = scope.customer.customer_id != ANONYMOUS
        self._holdouts = policies.of_kind(Holdout) if known else ()
        # Asked last, so that whom a holdout stops would have been spoken to.
        self._holdouts_of_customer = [
            p for p in self._holdouts if p.includes(scope.customer.customer_id)
        ]

    def find_closed_gate(self, request: Request, candidate: Candidate) -> str | None:
        """The first gate that is closed to it; only marketing has to pass those behind the way."""
        reason = self.check_channel(candidate).reason
        if reason or candidate.template.purpose != MARKETING:
            return reason
        closed = self._find_non_holdout_gate(request, candidate)
        return (
            self._check_holdouts(request, candidate)
            if self._holdouts_of_customer and not closed
            else closed
        )

    def find_holdouts(
        self, request: Request, candidate: Candidate
    ) -> Iterator[tuple[Holdout, bool]]:
        """The holdouts that are about it, where nothing but holdouts keeps it from being said, each
        with whether it holds the customer. Whom another holds too tells nothing of this one."""
        if candidate.template.purpose != MARKETING or self.check_channel(candidate).reason:
            return
        about = _policy_subject(request, candidate)
        trying = [p for p in self._holdouts if p.about.covers(*about)]
        if trying and not self._find_non_holdout_gate(request, candidate):
            held = [policy for policy in trying if policy in self._holdouts_of_customer]
            yield from ((p, p in held) for p in trying if held in ([], [p]))

    def _find_non_holdout_gate(self, request: Request, candidate: Candidate) -> str | None:
        """Whatever chance says."""
        if self._closed_scopes and (barred := self._check_closed_scopes(request, candidate)):
            return barred
        if candidate.goal and (reached := self._find_goal_time_since(candidate.goal)):
            return f"its goal {candidate.goal} was reached at {reached}"
        return self._check_suppressions(request, candidate) if self._history.suppressed else None

    def check_channel(self, candidate: Candidate) -> ChannelAccess:
        key = candidate.channel, candidate.template.purpose
        way = self._access_by_channel.get(key)
        if way is None:
            way = self._access_by_channel[key] = self._determine_access(*key)
        return way

    def _determine_access(self, channel: str, purpose: str) -> ChannelAccess:
        customer = self._scope.customer
        known, opens_at = find_addresses(customer, channel), None
        reason = check_consent(customer, channel, purpose) or check_reachability(channel, known)
        if reason:
            return ChannelAccess(reason)
        for hours, until in self._quiet_hours_now if channel in OUTBOUND_CHANNELS else ():
            if hours.covers(channel, purpose):
                if hours.then != DEFER:
                    return ChannelAccess(f"quiet hours until {to_iso(until)}")
                opens_at = max(until, opens_at or until)
        return ChannelAccess(None, known[0] if known else "", opens_at)

    def find_closed_offer_gate(self, offer: Offer) -> str | None:
        """The first gate that is closed to the offer, wherever and for whatever it is made."""
        name = offer.offer_id
        if name not in self._offer_gates:
            self._offer_gates[name] = self._find_offer_gate(offer)
        return self._offer_gates[name]

    def _find_offer_gate(self, offer: Offer) -> str | None:
        scope, history = self._scope, self._history
        if offer.starts and scope.now < offer.starts:
            return f"it starts at {to_iso(offer.starts)}"
        if offer.ends and scope.now >= offer.ends:
            return f"it ended at {to_iso(offer.ends)}"
        if (
            offer.goal
            and history.goals
            and (reached := self._find_earlier_goal_time(offer, offer.goal))
        ):
            return f"its goal {offer.goal.event} was reached at {reached}"
        if offer.product and (short := self._check_stock(offer.product)):
            return short
        if offer.eligible and (failure := offer.eligible.find_false_clause(scope)):
            return f"wanted {failure.clause} but saw {failure.saw}"
        had = offer.caps and (history.contacts or history.offers)
        return self._check_offer_caps(offer) if had else None

    def _find_earlier_goal_time(self, offer: Offer, goal: Goal) -> str | None:
        """As it stood before the event at hand, on which a next purchase may be asked for."""
        here = to_iso(self._scope.event.occurred_at)
        at = next((at for at in self._history.goal_times(goal.name) if at != here), None)
        if at and offer.again_after and parse_time(at) + offer.again_after <= self._scope.now:
            return None
        return at

    def _check_stock(self, product: str) -> str | None:
        """A product whose stock nobody tells is taken as being there."""
        available = self._scope.surroundings.stock.get(product, {}).get("available")
        return f"{product} is out of stock" if available is not None and available <= 0 else None

    def _check_offer_caps(self, offer: Offer) -> str | None:
        name, history = offer.offer_id, self._history
        for period, most in offer.caps.items():
            if period == EVER:
                had = history.times_offered(name)
            else:
                had = history.count_contacts(self._find_start(period), offer=name)
            if had >= most:
                return f"they had it {had} times ({most} a customer, {period})"
        return None

    def _check_closed_scopes(self, request: Request, candidate: Candidate) -> str | None:
        about = _policy_subject(request, candidate)
        for bar, reason in (
            self._closed_scopes
            if candidate.channel in OUTBOUND_CHANNELS
            else self._closed_inbound_scopes
        ):
            if bar.covers(*about):
                return reason
        return None

    def _check_suppressions(self, request: Request, candidate: Candidate) -> str | None:
        about = {
            "category": candidate.category,
            "goal": candidate.goal,
            "offer": candidate.offer_id,
            "strategy": request.strategy,
        }
        return check_suppression(self._scope.customer, about, self._scope.now)

    def _find_goal_time_since(self, goal: str) -> str | None:
        """What the messages are about may be some hours old."""
        if goal not in self._goal_times:
            scope = self._scope
            self._goal_times[goal] = find_goal_reached_since(
                scope.customer, goal, scope.event.began_at
            )
        return self._goal_times[goal]

    def _find_suppressed_scopes(self) -> Iterator[tuple[PolicyScope, str]]:
        for policy in self._policies.of_kind(Suppression):
            if policy.when and policy.when.matches(self._scope):
                yield policy.about, f"silence: {policy.reason}"

    def _check_holdouts(self, request: Request, candidate: Candidate) -> str | None:
        about = _policy_subject(request, candidate)
        groups = (
            holdout.group_name
            for holdout in self._holdouts_of_customer
            if holdout.about.covers(*about)
        )
        return next((f"in the {group}" for group in groups), None)

    def _find_capped_scopes(
        self, caps: Iterable[FrequencyCap]
    ) -> Iterator[tuple[PolicyScope, str]]:
        for cap in caps if self._history.contacts else ():
            if reason := self._check_frequency_cap(cap):
                yield cap.about, reason

    def _check_frequency_cap(self, cap: FrequencyCap) -> str | None:
        about = cap.about
        channels = (about.channel,) if about.channel else OUTBOUND_CHANNELS
        for period, most in cap.most.items():
            had = self._history.count_contacts(
                self._find_start(period), channels=channels, category=about.category
            )
            if had >= most:
                return f"{cap.about} messages are capped at {most} a {period}, they had {had}"
        return None

    def _find_start(self, period: str) -> int:
        return period_starts(self._scope.customer, self._scope.now)[period]

    def _find_quiet_hours_now(self) -> list[tuple[QuietHours, datetime]]:
        """Those that hold now on the customer's clock, and when each ends."""
        if not (policies := self._policies.of_kind(QuietHours)):
            return []
        now = to_local_time(self._scope.customer, self._scope.now)
        ends = ((hours, hours.hours.ends_at(now)) for hours in policies)
        return [(hours, until) for hours, until in ends if until]


def _policy_subject(request: Request, candidate: Candidate) -> tuple[str, str, str, str]:
    """Channel, category, offer and strategy: what a policy may be about."""
    return candidate.channel, candidate.category, candidate.offer_id, request.strategy
