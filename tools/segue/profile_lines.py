"""What is known of a customer, in words: a line a block, and what the hub counts by summed up.
`--json` has all of it, with ids and times."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hub.model.contact_history import ContactHistory
from hub.model.contact_history_entries import Contact, OpenCall

FEW = 5
BOOKKEEPING = frozenset({"mart"})


def known(blocks: Mapping[str, Any]) -> dict[str, str]:
    """Line by line; what is empty has none."""
    lines: dict[str, str] = {}
    for name, block in blocks.items():
        if name not in BOOKKEEPING:
            lines |= _SUMMED[name](block) if name in _SUMMED else {name: fields(block)}
    return {name: line for name, line in lines.items() if line}


def fields(block: Any) -> str:
    if not isinstance(block, Mapping):
        return _value(block)
    return ", ".join(f"{name}={_value(value)}" for name, value in block.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({fields(value)})"
    return " and ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _recent(rings: Mapping[str, Any]) -> dict[str, str]:
    """The newest few of what happened, by name."""
    types = (
        f"{ring}: {', '.join(kind for _, kind, _ in seen[:FEW])}" for ring, seen in rings.items()
    )
    return {"recent": "; ".join(types)}


def _activity(counted: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    return {"activity": fields({name: sum(days.values()) for name, days in counted.items()})}


def _amounts(summed: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, str]:
    return {"amounts": fields({name: _sums(days.values()) for name, days in summed.items()})}


def _sums(days: Iterable[Mapping[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for day in days:
        found.update(day)
    return found


def _limits(limits: Mapping[str, Any]) -> dict[str, str]:
    """What they were told and did about it, each under its own name."""
    history = ContactHistory.from_dict(limits)
    return {
        "told": "; ".join(_contacts(history.contacts)),
        "offers": fields(history.offers),
        "reached": fields({goal: history.goal_times(goal)[0] for goal in history.goals}),
        "awaited": ", ".join(history.awaiting),
        "calls": "; ".join(map(_call, history.calls.values())),
        "silent": fields(history.suppressed),
        "in trials": ", ".join(history.enrolled),
    }


def _contacts(contacts: Sequence[Contact]) -> Iterator[str]:
    for contact in contacts[:FEW]:
        when = f"{datetime.fromtimestamp(contact.at / 1000, UTC):%Y-%m-%d %H:%M}"
        subject = contact.offer or contact.category or contact.action_id
        yield " ".join(filter(None, (when, contact.channel, subject)))
    if len(contacts) > FEW:
        yield f"and {len(contacts) - FEW} more in 31 days"


def _call(call: OpenCall) -> str:
    queue = call.action["what"].get("queue", "")
    where = "lies there" if call.reference else "on its way"
    return f"{queue} until {call.expires_at[:16].replace('T', ' ')}, {where}"


_SUMMED: Mapping[str, Callable[[Any], dict[str, str]]] = {
    "recent": _recent,
    "activity": _activity,
    "amounts": _amounts,
    "limits": _limits,
}
