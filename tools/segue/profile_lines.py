"""A customer's profile in words: a line for each block, with summed-up counts.

`--json` has all of it, with ids and times.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hub.model.contact_history import CONTACTS_KEPT_FOR, ContactHistory
from hub.model.contact_history_entries import Contact, OpenCall
from hub.model.day_series import sum_since

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


def _format_activity(counted: Mapping[str, Sequence[int]]) -> dict[str, str]:
    return {"activity": format_fields({name: sum_since(days, 0) for name, days in counted.items()})}


def _format_amounts(summed: Mapping[str, Mapping[str, Sequence[int]]]) -> dict[str, str]:
    sums = {
        name: {currency: sum_since(days, 0) for currency, days in by_currency.items()}
        for name, by_currency in summed.items()
    }
    return {"amounts": format_fields(sums)}


def _format_recent(recent: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Return the event types that happened last."""
    newest_first = sorted(recent, key=lambda name: -recent[name][0])
    return {"recent": ", ".join(newest_first[:FEW])}


def _format_limits(limits: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of the contact history, each under its own name."""
    history = ContactHistory.from_dict(limits)
    return {
        "contacts": "; ".join(_format_contacts(history.contacts)),
        "seen on pages": format_fields(
            {
                name: sum(times for _, times in pairs)
                for name, pairs in history.page_contacts.items()
            }
        ),
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


def _format_levels(levels: Mapping[str, str]) -> dict[str, str]:
    """Return which fields are not from a trusted source."""
    return {
        f"stated {level}": ", ".join(name for name, each in levels.items() if each == level)
        for level in ("public", "vouched")
    }


_FORMATS: Mapping[str, Callable[[Any], dict[str, str]]] = {
    "recent": _format_recent,
    "activity": _format_activity,
    "amounts": _format_amounts,
    "limits": _format_limits,
    "levels": _format_levels,
}
