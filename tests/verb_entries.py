"""One entry of a rule's `then` for each verb: its words, without `do`."""

from collections.abc import Mapping
from typing import Any

ENTRIES: Mapping[str, dict[str, Any]] = {
    "send": {"template": "letter", "channels": ["sms", "email"], "value": 5, "expires": "2h"},
    "offer": {"tag": "spring", "placement": "top", "answer_within": "3d"},
    "call": {"queue": "sales", "template": "notice", "reason": "vip", "goal": "order.paid"},
    "update": {"connector": "crm", "operation": "upsert", "fields": {"a": 1}, "expires": "1d"},
    "notify": {"connector": "webhook"},
    "append": {"dataset": "sales"},
    "set": {"trait": "interests.coffee", "value": True},
    "wait": {"for": "3d", "then": "cart.due"},
    "emit": {"event": "vip.left", "properties": {"amount": 5}},
    "suppress": {"for": "1w", "category": "coffee"},
}
