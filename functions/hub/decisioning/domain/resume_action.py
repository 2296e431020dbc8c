"""Resumes a postponed action: the gates that the last look does not know are asked again.

The action takes the quiet hours and suppression conditions of the current catalogue. A marketing
message counts for caps on the day on which it is resumed.
"""

from dataclasses import replace

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.domain.contactability import (
    MARKETING,
    effective_channel,
    read_quoted_event,
)
from hub.decisioning.domain.build_actions import (
    limit_to_validity,
    select_quiet_hours,
    select_suppressions,
)
from hub.decisioning.domain.eligibility import EligibilityGates
from hub.expression.domain import Scope
from hub.model.action_content import Call, ConnectorCall, Message
from hub.model.customer import Customer
from hub.model.decision import Action

OFFER_GONE = "its offer is not made any more"


def resume_action(
    customer: Customer, action: Action, scope: Scope, catalogue: Catalogue
) -> tuple[Customer, Action]:
    """Returns the customer and the action as they go on.

    If a gate is closed, the action has the reason in `stop`, and the last look declines it."""
    what = action.what
    is_message = isinstance(what, Message | Call)
    if not is_message and not (isinstance(what, ConnectorCall) and what.purpose):
        return customer, action
    channel, purpose = effective_channel(action), what.purpose
    action = replace(
        action,
        quiet=select_quiet_hours(channel, purpose, catalogue, scope.surroundings),
        suppressions=select_suppressions(
            purpose,
            channel=channel,
            category=action.category,
            offer=action.offer,
            strategy=action.strategy,
            catalogue=catalogue,
        ),
    )
    history = customer.contact_history.withdraw_contact(action.id)
    if stop := _find_closed_gate(customer.with_contact_history(history), action, scope, catalogue):
        return customer, replace(action, stop=stop)
    if offer := catalogue.offers.get(action.offer):
        expires_at = limit_to_validity(action.expires_at, offer.validity, scope)
        action = replace(action, expires_at=expires_at)
    if purpose != MARKETING:
        return customer, action
    history = history.record_contact(
        scope.now, channel, category=action.category, offer=action.offer, action_id=action.id
    )
    return customer.with_contact_history(history), action


def _find_closed_gate(
    customer: Customer, action: Action, scope: Scope, catalogue: Catalogue
) -> str | None:
    """`customer` is without the contact of the action itself."""
    offer = catalogue.offers.get(action.offer)
    if action.offer and offer is None:
        return OFFER_GONE
    then = scope._replace(event=read_quoted_event(action), customer=customer)
    return EligibilityGates(then, catalogue.policies).find_closed_gate_of_action(action, offer)
