"""Unknown actions as the hub's own adapters leave them, listed and settled by a person."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.history.adapters.decision_table import Decisions
from hub.platform.adapters import aws_clients
from tests import moto_resources
from tests.connector_calls import call_to
from tests.factories import NOON
from tests.records import a_decision
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.unknown_actions import ActionEnd, list_unknowns, settle_action

LATER = NOON + timedelta(hours=1)
ACTION = call_to("surveymonkey", collector="99")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", moto_resources.REGION)
    with mock_aws():
        aws_clients.events().create_event_bus(Name="bus")
        ledger = ActionLedger(moto_resources.table("ledger", "action_id"))
        decisions = Decisions(moto_resources.table("decisions", "customer_id", "decided"))
        decisions.save([a_decision(actions=(ACTION,))])
        ledger.attempt(ACTION, NOON)
        ledger.settle(
            ACTION, LedgerEntry(ActionStatus.UNKNOWN, NOON, "surveymonkey: ProtocolError")
        )
        outputs = {"LedgerTable": "ledger", "DecisionsTable": "decisions", "BusName": "bus"}
        yield Hub(outputs, boto3.Session(region_name=moto_resources.REGION))


def test_an_unknown_action_is_listed_with_whom_to_ask_and_how_to_settle_it(hub: Hub) -> None:
    [row] = list_unknowns(hub)
    assert (row["action"], row["system"], row["customer"]) == ("a-1", "surveymonkey", "c-1")
    assert row["reason"] == "surveymonkey: ProtocolError"
    assert "ask surveymonkey about a-1" in row["do"]


@pytest.mark.parametrize(
    ("end", "ended"), [(ActionEnd.DELIVERED, "delivered"), (ActionEnd.FAILED, "declined")]
)
def test_an_action_settled_by_hand_has_an_ordinary_outcome(
    hub: Hub, end: ActionEnd, ended: str
) -> None:
    event = settle_action(hub, "a-1", end, "they told us", LATER)
    assert (event["id"], event["type"]) == (f"a-1.{ended}", f"action.{ended}")
    assert event["properties"]["reason"] == "settled by hand: they told us"
    assert event["customer_id"] == "c-1"
    assert list(list_unknowns(hub)) == []
    assert hub.table("Ledger").get_item(Key={"action_id": "a-1"})["Item"]["status"] == ended


def test_only_an_unknown_action_can_be_settled_and_only_once(hub: Hub) -> None:
    settle_action(hub, "a-1", ActionEnd.DELIVERED, "", LATER)
    with pytest.raises(UserError, match="is delivered: only unknown actions"):
        settle_action(hub, "a-1", ActionEnd.FAILED, "", LATER)
    with pytest.raises(UserError, match="is no action of this hub"):
        settle_action(hub, "a-9", ActionEnd.FAILED, "", LATER)
