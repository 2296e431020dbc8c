"""A customer's profile in words: a line for each block, with summed-up counts.

`--json` has all of it, with ids and times.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hub.model.contact_history import CONTACTS_KEPT_FOR, ContactHistory
from hub.model.contact_history_entries import Contact, OpenCall

FEW = 5
BOOKKEEPING = frozenset({"mart"})


def format_blocks(blocks: Mapping[str, Any]) -> dict[str, str]:
    """Return a line for each block that is not empty."""
    lines: dict[str, str] = {}
    for name, block in blocks.items():
        if name not in BOOKKEEPING:
            lines |= _FORMATS[name](block) if name in _FORMATS else {name: format_fields(block)}
    return {name: line for name, line in lines.items() if line}


def format_fields(block: Any) -> str:
    if not isinstance(block, Mapping):
        return _format_value(block)
    return ", ".join(f"{name}={_format_value(value)}" for name, value in block.items())


def _format_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({format_fields(value)})"
    return " and ".join(map(_format_value, value)) if isinstance(value, list) else str(value)


def _format_recent(rings: Mapping[str, Any]) -> dict[str, str]:
    """Return the newest few events of each kind."""
    types = (
        f"{name}: {', '.join(kind for _, kind, _ in events[:FEW])}"
        for name, events in rings.items()
    )
    return {"recent": "; ".join(types)}


def _format_activity(counted: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    return {"activity": format_fields({name: sum(days.values()) for name, days in counted.items()})}


def _format_amounts(summed: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, str]:
    return {
        "amounts": format_fields({name: _sum_days(days.values()) for name, days in summed.items()})
    }


def _sum_days(days: Iterable[Mapping[str, int]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for day in days:
        sums.update(day)
    return sums


def _format_limits(limits: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of the contact history, each under its own name."""
    history = ContactHistory.from_dict(limits)
    return {
        "contacts": "; ".join(_format_contacts(history.contacts)),
        "offers": format_fields(history.offers),
        "goals reached": format_fields(
            {goal: history.goal_times(goal)[0] for goal in history.goals}
        ),
        "awaited": ", ".join(history.awaiting),
        "calls": "; ".join(map(_format_call, history.calls.values())),
        "suppressed": format_fields(history.suppressed),
        "experiments": ", ".join(history.enrolled),
    }


def _format_contacts(contacts: Sequence[Contact]) -> Iterator[str]:
    for contact in contacts[:FEW]:
        when = f"{datetime.fromtimestamp(contact.at / 1000, UTC):%Y-%m-%d %H:%M}"
        subject = contact.offer or contact.category or contact.action_id
        yield " ".join(filter(None, (when, contact.channel, subject)))
    if len(contacts) > FEW:
        yield f"and {len(contacts) - FEW} more in {CONTACTS_KEPT_FOR.days} days"


def _format_call(call: OpenCall) -> str:
    queue = call.action["what"].get("queue", "")
    where = "with the call centre" if call.reference else "on its way"
    return f"{queue} until {call.expires_at[:16].replace('T', ' ')}, {where}"


_FORMATS: Mapping[str, Callable[[Any], dict[str, str]]] = {
    "recent": _format_recent,
    "activity": _format_activity,
    "amounts": _format_amounts,
    "limits": _format_limits,
}
