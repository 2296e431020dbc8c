"""Few call slots, many customers: by policies as marketers write them, on the whole hub."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.in_memory import InMemoryHub, retail_snapshot
from tests.whole_hub.test_whole_hub import complaint, sign_up

CALL = {"do": "call", "queue": "retention", "template": "retention-call", "reason": "complaint"}
SLOTS = 2


def a_desk(per: str = "hour") -> InMemoryHub:
    """A retention desk with two slots; who cannot be called is to get the voucher by e-mail."""
    snapshot: dict[str, Any] = deepcopy(retail_snapshot())
    desk = {"policy_id": "desk", "kind": "capacity", "status": "live", "queue": "retention"}
    snapshot["rows"]["policies"]["retention-desk"] = {
        **desk,
        "policy_id": "retention-desk",
        "slots": SLOTS,
        "per": per,
    }
    treatments = {
        "call": {"template": "retention-call", "queue": "retention"},
        "email": {"template": "apology-voucher"},
    }
    snapshot["rows"]["offers"]["voucher"] = {
        "offer_id": "voucher",
        "status": "live",
        "tags": ["amends"],
        "value": 900,
        "treatments": treatments,
    }
    rule = snapshot["rows"]["rules"]["complaint-gold"]
    amends = {"do": "offer", "tag": "amends", "channels": ["call", "email"]}
    snapshot["rows"]["rules"]["complaint-gold"] = {**rule, "when": "event.subject != ''"} | {
        "then": [amends]
    }
    del snapshot["rows"]["rules"]["complaint-other"]
    weight = {"policy_id": "w", "kind": "context_weight", "status": "live"}
    snapshot["rows"]["policies"]["w"] = {**weight, "channel": "call", "weight": 1000}
    return InMemoryHub(snapshot)


NAMES = [f"p{n}" for n in range(6)]


@settings(max_examples=10, deadline=None)
@given(st.permutations(NAMES), st.integers(1, 2))
def test_no_more_customers_are_called_than_there_are_slots_and_others_get_the_next_best(
    order: list[str], times: int
) -> None:
    hub = a_desk()
    for who in order:
        hub.push(sign_up(who))
    for who in order:
        hub.push(complaint(who), times)
    called = {task["customer_id"] for task in hub.call_centre.tasks.values()}
    mailed = [to for to, parts, _ in hub.mail.sent if "next postage" in parts["subject"]]
    assert len(called) == SLOTS
    assert len(mailed) == len(set(mailed)) == len(NAMES) - SLOTS
    refused = [line for line in hub.ledger.lines.values() if line.status == "refused"]
    assert len(refused) == len(NAMES) - SLOTS


def test_the_refusal_is_explained_on_the_next_decision() -> None:
    hub = a_desk()
    for who in NAMES[: SLOTS + 1]:
        hub.push(sign_up(who))
        hub.push(complaint(who))
    (again,) = [d for d in hub.customers.decided if d.event_type == "action.refused"]
    gates = {c["channel"]: c["gate"] for c in again.receipt["choices"] if "gate" in c}
    assert gates == {"call": "its capacity was used up"}
    assert "voucher by email" in again.receipt["sentence"]
