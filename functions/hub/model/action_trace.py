"""The trace of an action: what a response or sale has to know of the action it comes from.

It is in the context of the action's outcome and of every event that names the action. An event
names it by its id or its decision's id, by the provider's id of the message, or by the promo code.
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
_CODE_PROPERTIES = ("promo_code", "coupon")
_CODE_LIST = "coupons"
MOST_CODES = 20
"""The most codes of one sale that are read."""
LONGEST_NAME = 500
"""The most characters of an id, of the hub or of a provider, and of a key in a table."""
_URL_PROPERTIES = ("url", "landing_url", "referrer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The trace of one action. `customer_id` is the customer of the decision, who need not be the
    one who responds. `decided_at` is in ISO 8601. An offer on a page has no rule and no
    strategy."""

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
    """Reads the trace in the context of the event; None if it has none."""
    trace = event.context.get(TRACE)
    if not isinstance(trace, Mapping):
        return None
    return Trace(**trace)


class ActionNames(NamedTuple):
    """The names that an event gives to an action; a name that it does not give is empty.

    `reference` is the id of the action or decision, `message` the provider's id of the message, and
    `code` the promo code.
    """

    reference: str = ""
    message: str = ""
    code: str = ""


NO_NAMES = ActionNames()


def find_action_names(event: Event) -> ActionNames:
    """Finds the names by which the event may refer to an action of the hub."""
    properties = event.properties
    code = next(filter(is_promo_code, list_promo_codes(properties)), "")
    references = map(_short_text_or_empty, _find_references(event.context, properties))
    return ActionNames(
        reference=next(filter(None, references), ""),
        message=_short_text_or_empty(properties.get("message")),
        code=code,
    )


def list_promo_codes(properties: JsonObject) -> list[str]:
    """Lists the codes that a sale names, in the form in which codes are compared.

    `promo_code` and `coupon` come before those of the list `coupons`.
    """
    listed = properties.get(_CODE_LIST)
    codes = [properties.get(name) for name in _CODE_PROPERTIES]
    codes += listed[:MOST_CODES] if isinstance(listed, list | tuple) else []
    return list(dict.fromkeys(normalize_promo_code(code) for code in codes if code))


def _find_references(context: JsonObject, properties: JsonObject) -> Iterator[str]:
    page = context.get("page")
    for fields in (context, properties):
        for name in ("action_id", LINK_PARAMETER):
            yield _text_or_empty(fields.get(name))
    for fields in (properties, context, page if isinstance(page, Mapping) else {}):
        for name in _URL_PROPERTIES:
            yield from _read_link_parameter(_text_or_empty(fields.get(name)))


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
