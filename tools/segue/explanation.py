"""One customer: who it is, what is known, what was decided and why, what came of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Key

from hub.history.adapters.decision_table import outcomes_key
from hub.identity.domain.identity_keys import Namespaces
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.model.decision_outcome import OUTCOME_KINDS
from tools.segue.hub import Hub
from tools.segue.local_home import ROOT, UserError

IDENTITY = ROOT / "schemas" / "identity.json"
INTERNAL_BLOCKS = frozenset({"customer_id", "version", "as_of", "owing", "processed"})
PENDING = "pending"
BATCH = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """`decisions` newest first, each with `actions` that carry their `status` of the ledger."""

    customer_id: str
    blocks: Mapping[str, Any]
    decisions: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "customer_id": self.customer_id,
            "customer": self.blocks,
            "decisions": self.decisions,
        }


def explain_customer(hub: Hub, asked: str, last: int) -> Explanation:
    """Raises `UserError` when nobody is known by that id or key."""
    customer_id, state = find_customer(hub, asked)
    decisions = read_decisions(hub, customer_id, last)
    ledger = read_ledger_lines(hub, [a["id"] for d in decisions for a in d["actions"]])
    for decision in decisions:
        for action in decision["actions"]:
            line = ledger.get(action["id"], {})
            action["status"] = line.get("status", PENDING)
            action["reason"] = line.get("reason", "")
            action["reference"] = line.get("reference", "")
    blocks = {name: block for name, block in state.items() if name not in INTERNAL_BLOCKS}
    return Explanation(customer_id, blocks, decisions)


def find_customer(hub: Hub, asked: str) -> tuple[str, dict[str, Any]]:
    """The customer of that id, else of the first key that the text can be read as."""
    candidates = [asked] if "#" not in asked else []
    candidates += [owner for key in parse_keys(asked) if (owner := read_owner(hub, key))]
    for customer_id in candidates:
        found = read_state(hub, customer_id)
        if found:
            return found["customer_id"], found
    raise UserError(f"Nobody is known by {asked!r}.")


def find_strongest_key(hub: Hub, asked: str) -> tuple[str, str]:
    """The strongest key of theirs, namespace and value. Raises `UserError` as `find` does."""
    _, state = find_customer(hub, asked)
    held = state.get("identities", {})
    for namespace in read_namespaces().namespaces:
        for value in held.get(namespace.name, ()):
            return namespace.name, str(value)
    raise UserError(f"No key is known of {asked!r}.")


def read_state(hub: Hub, customer_id: str) -> dict[str, Any]:
    """The customer's, or whose they were merged into; empty where there is none."""
    item = hub.table("Customers").get_item(Key={"customer_id": customer_id}).get("Item")
    state: dict[str, Any] = json.loads(str(item["state"])) if item else {}
    return read_state(hub, state["merged_into"]) if "merged_into" in state else state


def parse_keys(asked: str) -> tuple[str, ...]:
    """The identity keys that the text may be, in the hub's own spelling of them. Raises `UserError`
    for a kind of key that there is none of."""
    known = read_namespaces()
    name, mark, value = asked.partition("#")
    if mark:
        kinds = [namespace.name for namespace in known.namespaces]
        if name not in kinds:
            close = (
                format_suggestion(find_nearest(name, kinds)) or f": there are {', '.join(kinds)}"
            )
            raise UserError(f"{quote_value(name)} is no kind of key{close}")
        return known.normalize_keys({name: value}).keys
    return known.normalize_keys({namespace.name: asked for namespace in known.namespaces}).keys


def read_namespaces() -> Namespaces:
    return Namespaces.from_dict(json.loads(IDENTITY.read_text()))


def read_owner(hub: Hub, key: str) -> str:
    item = hub.table("Identities").get_item(Key={"identity": key}).get("Item", {})
    return str(item.get("customer_id", ""))


def read_decisions(hub: Hub, customer_id: str, last: int) -> list[dict[str, Any]]:
    answer = hub.table("Decisions").query(
        KeyConditionExpression=Key("customer_id").eq(customer_id),
        ScanIndexForward=False,
        Limit=last,
    )
    found = [_parse_record(item) for item in answer["Items"]]
    marks = _read_outcomes(hub, customer_id, found)
    return [{**decision, **marks.get(decision["id"], {})} for decision in found]


def _read_outcomes(
    hub: Hub, customer_id: str, decisions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """When each of the decisions was reviewed, discarded, converted; by its id."""
    if not decisions:
        return {}
    since = min(decision["decided_at"] for decision in decisions)
    whose = Key("customer_id").eq(outcomes_key(customer_id)) & Key("decided").gte(since)
    answer = hub.table("Decisions").query(KeyConditionExpression=whose)
    return {
        str(item["decided"]).rpartition("#")[2]: {
            word: item[word] for word in OUTCOME_KINDS if word in item
        }
        for item in answer["Items"]
    }


def _parse_record(item: Mapping[str, Any]) -> dict[str, Any]:
    """With `flagged`, where it was taken on a wrong footing."""
    flagged = {"flagged": str(item["flagged"])} if "flagged" in item else {}
    return {**json.loads(str(item["record"])), **flagged}


def read_ledger_lines(hub: Hub, action_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The ledger's line of each action that has one."""
    table = hub.table("Ledger")
    found: dict[str, dict[str, Any]] = {}
    wanted = sorted(set(action_ids))
    for start in range(0, len(wanted), BATCH):
        asked: Any = {
            table.name: {"Keys": [{"action_id": i} for i in wanted[start : start + BATCH]]}
        }
        while asked:
            answer = hub.dynamodb.batch_get_item(RequestItems=asked)
            items = answer["Responses"].get(table.name, [])
            found |= {str(item["action_id"]): dict(item) for item in items}
            asked = answer.get("UnprocessedKeys")
    return found
