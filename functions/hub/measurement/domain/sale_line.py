"""The lines of sales and returns, and the messages that sales are attributed to, as the block
`owing` stores them."""

from collections.abc import Mapping
from typing import NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.domain.contactability import MARKETING
from hub.kernel.digest import digest
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_milliseconds
from hub.model.action_trace import list_promo_codes, read_trace
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.business_key import find_business_key, read_order_id

SALES = frozenset({"item.purchased", "order.completed"})
RETURNS = frozenset({"item.returned", "order.cancelled", "order.refunded"})
TOUCHES = frozenset({"action.delivered", "offer.viewed"})
WHOLE_ORDER = 10**15
"""More than the amount of any order: what a cancellation without an amount returns."""
REFERENCE, CODE, CAMPAIGN, TOUCH, UNATTRIBUTED = 4, 3, 2, 1, 0
"""How strong a claim on a line is."""
LineKey = tuple[str, str]
_ALWAYS_STORED = 11
"""The fields of a line up to `net`."""


class Touch(NamedTuple):
    """A marketing message that reached the customer at the millisecond `at`."""

    at: int
    trace: JsonObject


class SaleLine(NamedTuple):
    """One line of a sale, or a return.

    `sale` is the order or receipt; `key` is unique in it, and empty for a whole order. `at` is in
    milliseconds. `amount` is in minor units, and negative for a return. `campaign` is the offer
    whose campaign code the sale named. `trace` is the action to which the line is attributed, by a
    claim of `strength`; that message came at the millisecond `touched`. `net` is the attributed
    amount after returns. `names_order` says that a return names its order. `settled` is what lines
    that are no longer kept have taken from the amount.
    """

    sale: str
    key: str
    at: int
    item: str
    amount: int
    currency: str
    campaign: str = ""
    strength: int = UNATTRIBUTED
    touched: int = 0
    trace: Mapping[str, Json] = {}
    net: int = 0
    names_order: bool = False
    settled: int = 0

    @property
    def name(self) -> LineKey:
        return self.sale, self.key

    @property
    def is_whole(self) -> bool:
        """Whether the line is a whole order."""
        return not self.key

    @property
    def precedence(self) -> tuple[int, int, str]:
        """The claim with the greatest precedence holds."""
        return self.strength, self.touched, self.trace.get("action_id", "")


def combine_words(first: SaleLine, second: SaleLine) -> SaleLine:
    """Makes one line of two words about it, in either order the same.

    The earlier time and the greater amount hold. The stronger claim holds; a claim that depends on
    the time of the line does not outlive a change of that time.
    """
    stated = max(first, second, key=_amount_sort_key)
    claim = max(first, second, key=lambda line: line.precedence)
    at, settled = min(first.at, second.at), first.settled or second.settled
    if claim.at != at and claim.strength < CODE:
        claim = claim._replace(strength=UNATTRIBUTED, touched=0, trace={})
    return claim._replace(
        at=at,
        item=max(first.item, second.item),
        amount=stated.amount + stated.settled - settled,
        currency=stated.currency,
        campaign=max(first.campaign, second.campaign),
        net=first.net,
        names_order=first.names_order or second.names_order,
        settled=settled,
    )


def _amount_sort_key(line: SaleLine) -> tuple[int, str]:
    return abs(line.amount + line.settled), line.currency


def time_order(entry: SaleLine | Touch) -> tuple[int, str, str]:
    """The sort key of lines and touches."""
    if isinstance(entry, SaleLine):
        return entry.at, entry.key, entry.sale
    return entry.at, entry.trace["action_id"], ""


def store_line(line: SaleLine) -> list[Json]:
    """Returns the line as the block stores it, without trailing fields that have no value."""
    stored = list(line)
    while not stored[-1] and len(stored) > _ALWAYS_STORED:
        stored.pop()
    return stored


def read_lines(customer: Customer) -> list[SaleLine]:
    """Reads the stored lines of a customer."""
    return [SaleLine(*stored) for stored in customer.owing.get("lines", ())]


def read_sale_line(event: Event) -> SaleLine | None:
    """Reads the line of a sale or return; None if it has no positive amount.

    A cancellation without an amount returns `WHOLE_ORDER`, in any currency if it names none.
    """
    properties, is_return = event.properties, event.type in RETURNS
    amount, currency = properties.get("amount"), properties.get("currency")
    if event.type == "order.cancelled" and amount is None and properties.get("order"):
        amount, currency = WHOLE_ORDER, currency or ""
    if type(amount) is not int or amount <= 0 or not isinstance(currency, str):
        return None
    own = digest(event.id)
    whole_order = event.type == "order.completed"
    line = str(properties.get("line") or ("" if whole_order else own))
    return SaleLine(
        sale=read_order_id(properties) or own,
        key=(find_business_key(event) or own) if is_return else line,
        at=to_milliseconds(event.occurred_at),
        item=str(properties.get("item", "")),
        amount=-amount if is_return else amount,
        currency=currency,
        names_order=is_return and bool(properties.get("order")),
    )


def read_line_with_campaign(event: Event, catalogue: Catalogue) -> SaleLine | None:
    """Reads the line as `read_sale_line` does, with the offer whose campaign code a sale names."""
    line = read_sale_line(event)
    if line is None or line.amount < 0:
        return line
    return line._replace(campaign=_find_campaign(event.properties, catalogue))


def _find_campaign(properties: JsonObject, catalogue: Catalogue) -> str:
    offers = map(catalogue.offers_by_campaign_code.get, list_promo_codes(properties))
    return next(filter(None, offers), "")


def read_touch(event: Event) -> Touch | None:
    """Reads the touch of a marketing message that reached a person; None for any other event."""
    trace, purpose = read_trace(event), event.properties.get("purpose")
    if trace is None or trace.channel not in CHANNELS:
        return None
    if event.type == "action.delivered" and purpose != MARKETING:
        return None
    return Touch(to_milliseconds(event.occurred_at), trace.to_dict())
