"""One customer: keys, profile, decisions with their reasons, and outcomes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Key

from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.domain.address_refusals import KEYED_ADDRESSES
from hub.contact_policy.domain.refused_address import find_refusal_proofs
from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.history.adapters.decision_table import outcomes_key
from hub.identity.domain.identity_keys import Namespaces
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.model.addresses import find_addresses
from hub.model.customer import Customer
from hub.model.decision_outcome import OUTCOME_KINDS
from tools.segue.hub import Hub
from tools.segue.local_home import ROOT, UserError

IDENTITY = ROOT / "schemas" / "identity.json"
INTERNAL_BLOCKS = frozenset(
    {"customer_id", "version", "as_of", "owing", "pace", "processed", "marked"}
)
PENDING = "pending"
BATCH = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """`decisions` are the newest first. Their `actions` carry their `status` in the ledger.

    `refused_addresses` are those of the customer's addresses that refused something, each with its
    `channel`, `address`, `purpose` and `proof`."""

    customer_id: str
    blocks: Mapping[str, Any]
    decisions: list[dict[str, Any]]
    refused_addresses: Sequence[Mapping[str, str]] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "customer_id": self.customer_id,
            "customer": self.blocks,
            "refused_addresses": [*self.refused_addresses],
            "decisions": self.decisions,
        }


def explain_customer(hub: Hub, id_or_key: str, last: int) -> Explanation:
    """Raises `UserError` if nobody has that id or key."""
    customer_id, state = find_customer(hub, id_or_key)
    decisions = read_decisions(hub, customer_id, last)
    ledger = read_ledger_lines(hub, [a["id"] for d in decisions for a in d["actions"]])
    for decision in decisions:
        for action in decision["actions"]:
            line = ledger.get(action["id"], {})
            action["status"] = line.get("status", PENDING)
            action["reason"] = line.get("reason", "")
            action["reference"] = line.get("reference", "")
    blocks = {name: block for name, block in state.items() if name not in INTERNAL_BLOCKS}
    return Explanation(customer_id, blocks, decisions, list_refused_addresses(hub, state))


def list_refused_addresses(hub: Hub, state: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what the addresses of a customer refused, whoever had them then."""
    table = AddressRefusalTable(hub.output("AddressRefusalsTable"), lambda: hub.items)
    customer = AttachRefusals(table)({"": Customer.from_dict(state)}, {})[""]
    return [
        {"channel": channel, "address": address, "purpose": purpose, "proof": proof}
        for channel in KEYED_ADDRESSES
        for address in find_addresses(customer, channel)
        for purpose, proof in sorted(
            find_refusal_proofs(customer.refusals, channel, address).items()
        )
    ]


def find_customer(hub: Hub, id_or_key: str) -> tuple[str, dict[str, Any]]:
    """Return id and state of the customer with that id, else of the first key that fits."""
    candidates = [id_or_key] if "#" not in id_or_key else []
    candidates += [owner for key in parse_keys(id_or_key) if (owner := read_owner(hub, key))]
    for customer_id in candidates:
        state = read_state(hub, customer_id)
        if state:
            return state["customer_id"], state
    raise UserError(f"No customer has the id or key {id_or_key!r}.")


def find_strongest_key(hub: Hub, id_or_key: str) -> tuple[str, str]:
    """Return a customer's strongest key as namespace and value. Raises `UserError`."""
    _, state = find_customer(hub, id_or_key)
    held = state.get("identities", {})
    for namespace in read_namespaces().namespaces:
        for value in held.get(namespace.name, ()):
            return namespace.name, str(value)
    raise UserError(f"The customer {id_or_key!r} has no key.")


def read_state(hub: Hub, customer_id: str) -> dict[str, Any]:
    """Return the state of the customer or of the survivor they were merged into; may be empty."""
    item = hub.table("Customers").get_item(Key={"customer_id": customer_id}).get("Item")
    state: dict[str, Any] = json.loads(str(item["state"])) if item else {}
    return read_state(hub, state["merged_into"]) if "merged_into" in state else state


def parse_keys(id_or_key: str) -> tuple[str, ...]:
    """Return the keys that the text may be, as the hub spells them.

    Raises `UserError` for an unknown kind of key.
    """
    namespaces = read_namespaces()
    name, mark, value = id_or_key.partition("#")
    if mark:
        kinds = [namespace.name for namespace in namespaces.namespaces]
        if name not in kinds:
            close = (
                format_suggestion(find_nearest(name, kinds)) or f": there are {', '.join(kinds)}"
            )
            raise UserError(f"{quote_value(name)} is no kind of key{close}")
        return namespaces.normalize_keys({name: value}).possible_keys
    return namespaces.normalize_keys(
        {namespace.name: id_or_key for namespace in namespaces.namespaces}
    ).possible_keys


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
    decisions = [_parse_record(item) for item in answer["Items"]]
    marks = _read_outcomes(hub, customer_id, decisions)
    return [{**decision, **marks.get(decision["id"], {})} for decision in decisions]


def _read_outcomes(
    hub: Hub, customer_id: str, decisions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return by decision id when it was reviewed, discarded or converted."""
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
    """Return the decision, with `flagged` if it was made on a wrong profile."""
    flagged = {"flagged": str(item["flagged"])} if "flagged" in item else {}
    return {**json.loads(str(item["record"])), **flagged}


def read_ledger_lines(hub: Hub, action_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the ledger line of each action that has one."""
    table = hub.table("Ledger")
    lines: dict[str, dict[str, Any]] = {}
    wanted = sorted(set(action_ids))
    for start in range(0, len(wanted), BATCH):
        request: Any = {
            table.name: {"Keys": [{"action_id": i} for i in wanted[start : start + BATCH]]}
        }
        while request:
            answer = hub.dynamodb.batch_get_item(RequestItems=request)
            items = answer["Responses"].get(table.name, [])
            lines |= {str(item["action_id"]): dict(item) for item in items}
            request = answer.get("UnprocessedKeys")
    return lines
