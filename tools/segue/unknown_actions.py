"""Unknown actions: listed for people who ask the provider, and settled."""

import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from boto3.dynamodb.conditions import Attr, Key

from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import build_outcome_event
from hub.messaging.domain import bus_records
from hub.model.decision import Action
from hub.model.event import Event
from tools.segue.balance import scan
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

COLUMNS = ("action", "system", "customer", "since", "reason", "do")
ADVICE = "ask {system} about {action}, then `segue unknowns settle {action} delivered` or `failed`"


class ActionEnd(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"


STATUSES = {ActionEnd.DELIVERED: ActionStatus.DELIVERED, ActionEnd.FAILED: ActionStatus.DECLINED}


def list_unknowns(hub: Hub) -> Iterator[dict[str, str]]:
    """Yield them in the order of `COLUMNS`. It scans the ledger: for a hub of modest size."""
    lines = [line for line in scan(hub, "Ledger") if line["status"] == ActionStatus.UNKNOWN]
    for line in sorted(lines, key=lambda line: str(line["opened_at"])):
        action, system = line["action_id"], line.get("connector") or line["channel"]
        yield {
            "action": action,
            "system": system,
            "customer": line["customer_id"],
            "since": line["opened_at"],
            "reason": line.get("reason", ""),
            "do": ADVICE.format(system=system, action=action),
        }


def settle_action(
    hub: Hub, action_id: str, end: ActionEnd, note: str, now: datetime
) -> dict[str, Any]:
    """Publish how the action ended, as the function would have, and then write the ledger.

    A repeat is the same event. Raises `UserError` if the action is not unknown, or if its decision
    is not kept any more.
    """
    line: Any = hub.table("Ledger").get_item(Key={"action_id": action_id}).get("Item")
    if line is None or line["status"] != ActionStatus.UNKNOWN:
        state = f"is {line['status']}" if line else "is no action of this hub"
        raise UserError(f"{action_id} {state}: only unknown actions can be settled.")
    action = _read_action(hub, line)
    entry, outcome = build_settlement(action, end, note, line.get("reference", ""), now)
    event = outcome.to_dict()
    put = hub.events.put_events(
        Entries=[
            {
                "EventBusName": hub.output("BusName"),
                "Source": bus_records.OUTCOME,
                "DetailType": event["type"],
                "Detail": json.dumps(event),
            }
        ]
    )
    if put["FailedEntryCount"]:
        raise UserError("The bus did not take the outcome: try again.")
    hub.table("Ledger").update_item(
        Key={"action_id": action_id},
        UpdateExpression=(
            "SET #status = :status, reason = :reason, settled_at = :at, settled_from = :unknown"
        ),
        ConditionExpression=Attr("status").eq(ActionStatus.UNKNOWN.value),
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":status": entry.status.value,
            ":reason": entry.reason,
            ":at": event["occurred_at"],
            ":unknown": ActionStatus.UNKNOWN.value,
        },
    )
    return event


def build_settlement(
    action: Action, end: ActionEnd, note: str, reference: str, now: datetime
) -> tuple[LedgerEntry, Event]:
    """Return the ledger's line of an action that was settled by hand, and its outcome.

    The action ended twice, so two outcomes are in the account: the one of before stays.
    """
    entry = LedgerEntry(STATUSES[end], now, f"settled by hand: {note}", reference)
    return entry, build_outcome_event(action, entry, now)


def _read_action(hub: Hub, line: dict[str, Any]) -> Action:
    """Return the action as it was decided."""
    decisions = hub.table("Decisions").query(
        KeyConditionExpression=Key("customer_id").eq(line["customer_id"]),
        FilterExpression=Attr("decided").contains(line["decision_id"]),
    )
    for item in decisions["Items"]:
        for action in json.loads(str(item["record"]))["actions"]:
            if action["id"] == line["action_id"]:
                return Action.from_dict(action)
    raise UserError(f"The decision on {line['action_id']} is not kept any more.")
