"""Attribution: which decision a sale is owed to."""

from dataclasses import replace

from hub.model.attribution_entry import AttributionEntry
from hub.model.decision import Decision
from tests.factories import NOON

OWED = AttributionEntry(
    sale="o-1",
    line="1",
    amount=-450,
    currency="GBP",
    decision_id="d-1",
    action_id="a-1",
    rule_id="welcome",
    strategy="welcome",
    offer="beans",
    channel="email",
    by="code",
    at=NOON,
)


DECISION = Decision(
    id="d-2",
    customer_id="c-1",
    event_id="e-1",
    event_type="order.completed",
    source="shop",
    decided_at=NOON,
    catalogue=1,
    correlation_id="k-1",
    receipt={},
)


def test_attributions_travel_with_the_decision_on_the_sale() -> None:
    decision = replace(DECISION, attributions=(OWED,))
    told = decision.to_dict()
    assert told["attributions"][0]["at"] == "2026-11-22T12:00:00.000Z"
    assert Decision.from_dict(told) == decision


def test_decisions_of_before_there_were_attributions_are_read() -> None:
    assert "attributions" not in DECISION.to_dict()
    assert Decision.from_dict(DECISION.to_dict()) == DECISION
