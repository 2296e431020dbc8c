"""The gates that a candidate must pass to be sent to one customer at one moment.

A gate returns the reason for which it is closed, or None. Gates that depend only on the customer
(reached caps, control groups, suppressions) are evaluated once a decision. They give a short list
of closed scopes, and each candidate is compared with these.
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
    check_suppression,
    describe_suppression,
    effective_channel,
    find_goal_reached_since,
    find_open_addresses,
)
from hub.expression.domain import Scope
from hub.kernel.times import parse_time, to_iso
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.model.channels import CONNECTOR_CHANNEL, INBOUND_CHANNELS, OUTBOUND_CHANNELS
from hub.model.customer_clock import period_starts
from hub.model.decision import Action

PolicySubjects = tuple[str, str, str, str]
"""Channel, category, offer and strategy: what a policy may be about."""


_COUNTED_CHANNELS = (*OUTBOUND_CHANNELS, CONNECTOR_CHANNEL)
"""Those that a cap counts if it names none: a connector may write to people in ways of its own."""


class ChannelAccess(NamedTuple):
    """Whether messages of one purpose may be sent on a channel: no, for `reason`, or to `address`.
    `opens_at` is the end of quiet hours, if they postpone messages."""

    reason: str | None
    address: str = ""
    opens_at: datetime | None = None


class EligibilityGates:
    """The gates of one decision. Results are cached, so that no gate is evaluated twice."""

    def __init__(self, scope: Scope, policies: Policies) -> None:
        self._scope = scope
        self._policies = policies
        self._history = scope.customer.contact_history
        self._access_by_channel: dict[tuple[str, str], ChannelAccess] = {}
        self._offer_gates: dict[str, str | None] = {}
        self._goal_times: dict[str, str | None] = {}
        self._quiet_hours_now = self._find_quiet_hours_now()
        suppressed = tuple(self._find_suppressed_scopes())
        capped = tuple(self._find_capped_scopes(policies.of_kind(FrequencyCap)))
        self._closed_scopes = (*suppressed, *capped)
        # On a channel on which the customer comes to us, only a cap that names the channel counts.
        inbound = (cap for cap in capped if cap[0].channel in INBOUND_CHANNELS)
        self._closed_inbound_scopes = (*suppressed, *inbound)
        # An arm is drawn by the customer id. An anonymous visitor has none, so is in no experiment.
        is_known = scope.customer.customer_id != ANONYMOUS
        self._holdouts = policies.of_kind(Holdout) if is_known else ()
        # Holdouts come last: a customer whom one stops would have got the message without it.
        self._holdouts_of_customer = [
            holdout for holdout in self._holdouts if holdout.includes(scope.customer.customer_id)
        ]

    def find_closed_gate(self, request: Request, candidate: Candidate) -> str | None:
        """Returns the reason of the first closed gate, or None.

        A service message only needs access to its channel."""
        reason = self.check_channel(candidate).reason
        if reason or candidate.template.purpose != MARKETING:
            return reason
        reason = self._find_non_holdout_gate(request, candidate)
        if reason or not self._holdouts_of_customer:
            return reason
        return self._check_holdouts(request, candidate)

    def find_closed_gate_of_action(self, action: Action, offer: Offer | None) -> str | None:
        """Returns the reason of the first closed gate of an action that was decided earlier, or
        None.

        These are the gates that the last look does not know. Holdouts are not among them: the
        customer is in an arm since the decision."""
        reason = self.find_closed_offer_gate(offer) if offer else None
        if reason or action.what.purpose != MARKETING:
            return reason
        about = effective_channel(action), action.category, action.offer, action.strategy
        return self._check_closed_scopes(about)

    def find_holdouts(
        self, request: Request, candidate: Candidate
    ) -> Iterator[tuple[Holdout, bool]]:
        """Yields the holdouts that apply to a candidate that passes all other gates, each with
        whether it holds the customer out.

        A holdout is left out if another one holds the customer out too: its effect cannot be told
        from the other's."""
        if candidate.template.purpose != MARKETING or self.check_channel(candidate).reason:
            return
        about = _list_policy_subjects(request, candidate)
        applying = [holdout for holdout in self._holdouts if holdout.about.covers(*about)]
        if applying and not self._find_non_holdout_gate(request, candidate):
            holding = [holdout for holdout in applying if holdout in self._holdouts_of_customer]
            for holdout in applying:
                if holding in ([], [holdout]):
                    yield holdout, holdout in holding

    def _find_non_holdout_gate(self, request: Request, candidate: Candidate) -> str | None:
        """Returns the reason of the first closed gate of marketing other than holdouts, or None."""
        about = _list_policy_subjects(request, candidate)
        if self._closed_scopes and (reason := self._check_closed_scopes(about)):
            return reason
        if candidate.goal and (reached_at := self._find_goal_time_since(candidate.goal)):
            return f"its goal {candidate.goal} was reached at {reached_at}"
        return self._check_suppressions(request, candidate) if self._history.suppressed else None

    def check_channel(self, candidate: Candidate) -> ChannelAccess:
        """Checks consent, address and quiet hours for the candidate's channel and purpose."""
        key = candidate.channel, candidate.template.purpose
        access = self._access_by_channel.get(key)
        if access is None:
            access = self._access_by_channel[key] = self._determine_access(*key)
        return access

    def _determine_access(self, channel: str, purpose: str) -> ChannelAccess:
        customer = self._scope.customer
        (addresses, unreachable), opens_at = find_open_addresses(customer, channel, purpose), None
        reason = check_consent(customer, channel, purpose) or unreachable
        if reason:
            return ChannelAccess(reason)
        for hours, until in () if channel in INBOUND_CHANNELS else self._quiet_hours_now:
            if hours.covers(channel, purpose):
                if hours.then != DEFER:
                    return ChannelAccess(f"quiet hours until {to_iso(until)}")
                opens_at = max(until, opens_at or until)
        return ChannelAccess(None, addresses[0] if addresses else "", opens_at)

    def find_closed_offer_gate(self, offer: Offer) -> str | None:
        """Returns the reason of the first gate that is closed to the offer on every channel and for
        every rule, or None."""
        name = offer.offer_id
        if name not in self._offer_gates:
            self._offer_gates[name] = self._find_offer_gate(offer)
        return self._offer_gates[name]

    def _find_offer_gate(self, offer: Offer) -> str | None:
        scope, history = self._scope, self._history
        validity = offer.validity
        if validity.is_limited and not validity.has_started(scope.local_time):
            return f"it starts {validity.describe_start()}"
        if validity.is_limited and validity.has_ended(scope.local_time):
            return f"it ended {validity.describe_end()}"
        if (
            offer.goal
            and history.goals
            and (reached_at := self._find_earlier_goal_time(offer, offer.goal))
        ):
            return f"its goal {offer.goal.event} was reached at {reached_at}"
        if offer.product and (reason := self._check_stock(offer.product)):
            return reason
        if offer.eligible and (failure := offer.eligible.find_false_clause(scope)):
            return f"wanted {failure.clause} but saw {failure.saw}"
        has_contacts = offer.caps and (history.has_contacts() or history.offers)
        return self._check_offer_caps(offer) if has_contacts else None

    def _find_earlier_goal_time(self, offer: Offer, goal: Goal) -> str | None:
        """Returns when the goal was last reached, in ISO 8601, or None if the offer may be made.

        The event at hand does not count: a purchase may be the reason to offer the next one."""
        event_time = to_iso(self._scope.event.occurred_at)
        times = self._history.goal_times(goal.name)
        reached_at = next((time for time in times if time != event_time), None)
        if reached_at and offer.again_after:
            allowed_from = parse_time(reached_at) + offer.again_after
            return None if allowed_from <= self._scope.now else reached_at
        return reached_at

    def _check_stock(self, product: str) -> str | None:
        """A product without stock data counts as available."""
        available = self._scope.surroundings.stock.get(product, {}).get("available")
        return f"{product} is out of stock" if available is not None and available <= 0 else None

    def _check_offer_caps(self, offer: Offer) -> str | None:
        name, history = offer.offer_id, self._history
        for period, most in offer.caps.items():
            if period == EVER:
                count = history.times_offered(name)
            else:
                count = history.count_contacts(self._find_start(period), offer=name)
            if count >= most:
                return f"they had it {count} times ({most} a customer, {period})"
        return None

    def _check_closed_scopes(self, about: PolicySubjects) -> str | None:
        is_inbound = about[0] in INBOUND_CHANNELS
        closed_scopes = self._closed_inbound_scopes if is_inbound else self._closed_scopes
        for closed_scope, reason in closed_scopes:
            if closed_scope.covers(*about):
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
        """Returns when the goal was reached since the event began, in ISO 8601, or None.

        A reconsidered event may be some hours old."""
        if goal not in self._goal_times:
            scope = self._scope
            self._goal_times[goal] = find_goal_reached_since(
                scope.customer, goal, scope.event.began_at
            )
        return self._goal_times[goal]

    def _find_suppressed_scopes(self) -> Iterator[tuple[PolicyScope, str]]:
        for policy in self._policies.of_kind(Suppression):
            if policy.when and policy.when.matches(self._scope):
                yield policy.about, describe_suppression(policy.reason)

    def _check_holdouts(self, request: Request, candidate: Candidate) -> str | None:
        about = _list_policy_subjects(request, candidate)
        groups = (
            holdout.group_name
            for holdout in self._holdouts_of_customer
            if holdout.about.covers(*about)
        )
        return next((f"in the {group}" for group in groups), None)

    def _find_capped_scopes(
        self, caps: Iterable[FrequencyCap]
    ) -> Iterator[tuple[PolicyScope, str]]:
        if self._history.has_contacts():
            for cap in caps:
                if reason := self._check_frequency_cap(cap):
                    yield cap.about, reason

    def _check_frequency_cap(self, cap: FrequencyCap) -> str | None:
        about = cap.about
        channels = (about.channel,) if about.channel else _COUNTED_CHANNELS
        for period, most in cap.most.items():
            count = self._history.count_contacts(
                self._find_start(period), channels=channels, category=about.category
            )
            if count >= most:
                return f"{cap.about} messages are capped at {most} a {period}, they had {count}"
        return None

    def _find_start(self, period: str) -> int:
        """Returns the start of the customer's day, week or month, in milliseconds of the epoch."""
        scope = self._scope
        return period_starts(scope.customer, scope.now, scope.surroundings.owner_zone)[period]

    def _find_quiet_hours_now(self) -> list[tuple[QuietHours, datetime]]:
        """Returns the quiet hours that it is now on the customer's clock, and when each ends."""
        if not (policies := self._policies.of_kind(QuietHours)):
            return []
        now = self._scope.local_time
        ends = ((hours, hours.hours.ends_at(now)) for hours in policies)
        return [(hours, until) for hours, until in ends if until]


def _list_policy_subjects(request: Request, candidate: Candidate) -> PolicySubjects:
    return candidate.channel, candidate.category, candidate.offer_id, request.strategy
