"""The trace of an action: what a response or a sale that comes of it has to know of it.

It is in the context of the action's own outcome, and of every event that names the action: by its
id or its decision's, by the provider's id of the message, or by the promo code of the message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from hub.model.event import Event
from hub.model.promo_code import is_code, plain

TRACE = "trace"
PARAMETER = "segue_ref"
CODES = ("promo_code", "coupon")
LONGEST_NAME = 500
"""No id of ours or a provider's is longer, nor may a key that is looked up be."""
_URLS = ("url", "landing_url", "referrer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """`customer_id` is whose decision it was, which need not be who answers. `decided_at` is in
    ISO 8601. What was shown on a page has no rule and no strategy."""

    action_id: str
    customer_id: str
    decision_id: str
    decided_at: str
    channel: str
    rule_id: str = ""
    strategy: str = ""
    offer: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def trace_of(event: Event) -> Trace | None:
    """The trace that the event carries, if any."""
    told = event.context.get(TRACE)
    if not isinstance(told, Mapping):
        return None
    return Trace(**told)


class Named(NamedTuple):
    """How an event names an action, `reference` by its id; what it does not say is empty."""

    reference: str = ""
    message: str = ""
    code: str = ""


NAMELESS = Named()


def named(event: Event) -> Named:
    """What in the event may lead to an action of ours."""
    context, said = event.context, event.properties
    code = next((plain(said[name]) for name in CODES if said.get(name)), "")
    return Named(
        reference=next(filter(None, map(_name, _references(context, said))), ""),
        message=_name(said.get("message")),
        code=code if is_code(code) else "",
    )


def _references(context: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    page = context.get("page")
    for told in (context, said):
        yield from (_text(told.get("action_id")), _text(told.get(PARAMETER)))
    for told in (said, context, page if isinstance(page, Mapping) else {}):
        for name in _URLS:
            yield from _parameter(_text(told.get(name)))


def _parameter(url: str) -> list[str]:
    if PARAMETER not in url:
        return []
    try:
        return parse_qs(urlsplit(url).query).get(PARAMETER, [])
    except ValueError:
        return []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _name(value: object) -> str:
    name = _text(value)
    return name if len(name) <= LONGEST_NAME else ""
