"""The trace of an action: what a response or a sale that comes of it has to know of it.

It is in the context of the action's own outcome, and of every event that names the action: by its
id or its decision's, by the provider's id of the message, or by the promo code of the message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from hub.kernel.json_types import Json, JsonObject
from hub.model.event import Event
from hub.model.promo_code import is_promo_code, normalize_promo_code

TRACE = "trace"
LINK_PARAMETER = "segue_ref"
CODE_PROPERTIES = ("promo_code", "coupon")
LONGEST_NAME = 500
"""No id of ours or a provider's is longer, nor may a key that is looked up be."""
_URL_PROPERTIES = ("url", "landing_url", "referrer")


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

    def to_dict(self) -> dict[str, Json]:
        return {name: value for name, value in asdict(self).items() if value}


def read_trace(event: Event) -> Trace | None:
    """The trace that the event carries, if any."""
    told = event.context.get(TRACE)
    if not isinstance(told, Mapping):
        return None
    return Trace(**told)


class ActionNames(NamedTuple):
    """How an event names an action, `reference` by its id; what it does not say is empty."""

    reference: str = ""
    message: str = ""
    code: str = ""


NO_NAMES = ActionNames()


def find_action_names(event: Event) -> ActionNames:
    """What in the event may lead to an action of ours."""
    context, said = event.context, event.properties
    code = next(
        (normalize_promo_code(said[name]) for name in CODE_PROPERTIES if said.get(name)), ""
    )
    return ActionNames(
        reference=next(
            filter(None, map(_short_text_or_empty, _find_references(context, said))), ""
        ),
        message=_short_text_or_empty(said.get("message")),
        code=code if is_promo_code(code) else "",
    )


def _find_references(context: JsonObject, properties: JsonObject) -> Iterator[str]:
    page = context.get("page")
    for told in (context, properties):
        yield from (_text_or_empty(told.get("action_id")), _text_or_empty(told.get(LINK_PARAMETER)))
    for told in (properties, context, page if isinstance(page, Mapping) else {}):
        for name in _URL_PROPERTIES:
            yield from _read_link_parameter(_text_or_empty(told.get(name)))


def _read_link_parameter(url: str) -> list[str]:
    if LINK_PARAMETER not in url:
        return []
    try:
        return parse_qs(urlsplit(url).query).get(LINK_PARAMETER, [])
    except ValueError:
        return []


def _text_or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short_text_or_empty(value: object) -> str:
    name = _text_or_empty(value)
    return name if len(name) <= LONGEST_NAME else ""
