"""To which decision a customer's sales are owed: the block `owing`.

A sale's line is owed to the message that it names by reference or by promo code, else to the last
one that reached the customer within the attribution window; a return takes it back. Each line's
claim is the strongest that was ever heard of, and what returns take is worked out over all lines
together, so that the same events in any order, however often, come to the same sums. What changes
is told as attributions: their sum is what is owed. An order that is told both whole and by lines
sold what it was told whole: its lines share that, and the rest is the order's own. It is known by
its id, for as long as its lines are held.

`touches` are the marketing messages that reached the customer, `lines` the sales and returns that
may still change: those owed for 90 days, others for two; the newest of each. What is no longer held
is settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.attribution import find_attribution_window
from hub.contact_policy.domain.contactability import MARKETING
from hub.kernel.digest import digest
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_milliseconds
from hub.model.action_trace import CODE_PROPERTIES, Trace, find_action_names, read_trace
from hub.model.attribution_entry import AttributionBasis, AttributionEntry
from hub.model.channels import CHANNELS
from hub.model.customer import Customer
from hub.model.decision_outcome import DecisionOutcome
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code, normalize_promo_code

SALES = frozenset({"item.purchased", "order.completed"})
RETURNS = frozenset({"item.returned", "order.cancelled", "order.refunded"})
TOUCHES = frozenset({"action.delivered", "offer.viewed"})
ATTRIBUTED_LINES_KEPT = timedelta(days=90)
UNATTRIBUTED_LINES_KEPT = timedelta(days=2)
_ATTRIBUTED_KEPT_MS, _UNATTRIBUTED_KEPT_MS = (
    span // timedelta(milliseconds=1) for span in (ATTRIBUTED_LINES_KEPT, UNATTRIBUTED_LINES_KEPT)
)
MOST_TOUCHES, MOST_LINES = 20, 40
WHOLE_ORDER = 10**15
"""What takes back an order and does not say how much comes to more than any order."""
REFERENCE, CODE, CAMPAIGN, TOUCH, UNATTRIBUTED = 4, 3, 2, 1, 0
_BY_STRENGTH: Mapping[int, AttributionBasis] = {
    REFERENCE: "reference",
    CODE: "code",
    CAMPAIGN: "code",
    TOUCH: "touch",
}
_TRACE_FIELDS = ("decision_id", "action_id", "rule_id", "strategy", "offer", "channel")
LineKey = tuple[str, str]


class Touch(NamedTuple):
    """A message that reached the customer at that millisecond."""

    at: int
    trace: JsonObject


class SaleLine(NamedTuple):
    """`amount` is negative for a return, whose `sale` is the one it names; `key` tells it from all
    others of the sale. `campaign` is the offer whose campaign code it named. It is owed, by a claim
    of `strength`, to `trace`, of which `net` is left; `touched` is when that message came."""

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

    @property
    def name(self) -> LineKey:
        return self.sale, self.key

    @property
    def is_whole(self) -> bool:
        return not self.key

    @property
    def precedence(self) -> tuple[int, int, str]:
        """The greatest holds."""
        return self.strength, self.touched, self.trace.get("action_id", "")


# Of a line as it is held, which most are only to be handed on.
_stored_name, _stored_order, _stored_strength = (
    itemgetter(0, 1),
    itemgetter(2, 1, 0),
    itemgetter(SaleLine._fields.index("strength")),
)


class AttributionResult(NamedTuple):
    """The customer after an event, what it changes in what is owed, and the decisions that led to
    a sale."""

    customer: Customer
    attributions: Sequence[AttributionEntry] = ()
    marks: Sequence[DecisionOutcome] = ()


def attribute_sale(
    customer: Customer, event: Event, catalogue: Catalogue, now: datetime
) -> AttributionResult:
    new: SaleLine | Touch | None = None
    if event.type in SALES or event.type in RETURNS:
        new = _read_line_with_campaign(event, catalogue)
    elif event.type in TOUCHES:
        new = _read_touch(event)
    if new is None:
        return AttributionResult(customer)
    if isinstance(new, SaleLine) and _is_unattributable(customer, new, event):
        return AttributionResult(_add_unattributed_line(customer, new, to_milliseconds(now)))
    return _update_attribution(customer, catalogue, now, event, new)


def _is_unattributable(customer: Customer, new: SaleLine, event: Event) -> bool:
    """Of who was told nothing lately: the common case, in a tenth of the time."""
    held = customer.owing
    claimed = "touches" in held or any(map(_stored_strength, held.get("lines", ())))
    return not (claimed or new.campaign or read_trace(event))


def _add_unattributed_line(customer: Customer, new: SaleLine, now: int) -> Customer:
    lines = customer.owing.get("lines", ())
    if new.name in map(_stored_name, lines):
        return customer
    fresh = [
        line
        for line in (*lines, list(new))
        if _stored_order(line)[0] >= now - _UNATTRIBUTED_KEPT_MS
    ]
    kept = sorted(fresh, key=_stored_order)[-MOST_LINES:]
    return customer.with_changes(owing={"lines": kept} if kept else {})


def read_lines(customer: Customer) -> list[SaleLine]:
    return [SaleLine(*held) for held in customer.owing.get("lines", ())]


def _update_attribution(
    customer: Customer, catalogue: Catalogue, now: datetime, event: Event, new: SaleLine | Touch
) -> AttributionResult:
    touches = [Touch(*held) for held in customer.owing.get("touches", ())]
    before = read_lines(customer)
    lines = list(before)
    if isinstance(new, Touch):
        touches = sorted(
            {t.trace["action_id"]: t for t in (*touches, new)}.values(), key=_time_order
        )
        lines = [_attribute_to_strongest(line, [new], catalogue) for line in before]
    else:
        lines = _merge_line(
            before,
            _attribute_to_strongest(
                _attribute_by_reference(new, event, touches), touches, catalogue
            ),
        )
    lines, taken = _apply_returns(sorted(lines, key=_time_order))
    kept = _select_lines_to_keep(lines, taken, to_milliseconds(now))
    oldest = to_milliseconds(now - ATTRIBUTED_LINES_KEPT)
    known = [touch for touch in touches if touch.at >= oldest][-MOST_TOUCHES:]
    owing = {"touches": [list(t) for t in known], "lines": [list(line) for line in kept]}
    customer = customer.with_changes(owing={name: held for name, held in owing.items() if held})
    changes, at = list(_find_changes(before, lines)), event.occurred_at
    return AttributionResult(
        customer,
        [_build_attribution(line, amount, at) for line, amount in changes],
        [
            DecisionOutcome(Trace(**line.trace), "converted", at)
            for line, amount in changes
            if amount > 0 and "decision_id" in line.trace
        ],
    )


def _merge_line(lines: Sequence[SaleLine], told: SaleLine) -> list[SaleLine]:
    """With a line that may be told again: it sold what it did, to the stronger claim."""
    known = {line.name: line for line in lines}
    first = known.setdefault(told.name, told)
    if told.precedence > first.precedence:
        known[told.name] = first._replace(
            strength=told.strength, touched=told.touched, trace=told.trace
        )
    return list(known.values())


def _time_order(one: SaleLine | Touch) -> tuple[int, str, str]:
    name = (one.key, one.sale) if isinstance(one, SaleLine) else (one.trace["action_id"], "")
    return one.at, *name


def read_sale_line(event: Event) -> SaleLine | None:
    """A sale's or return's line; None for what has no amount above nothing. An order that is
    cancelled without one is taken back `ALL`, if need be of any currency."""
    said, is_return = event.properties, event.type in RETURNS
    amount, currency = said.get("amount"), said.get("currency")
    if event.type == "order.cancelled" and amount is None and said.get("order"):
        amount, currency = WHOLE_ORDER, currency or ""
    if type(amount) is not int or amount <= 0 or not isinstance(currency, str):
        return None
    own = digest(event.id)
    whole_order = event.type == "order.completed"
    line = str(said.get("line") or ("" if whole_order else own))
    return SaleLine(
        sale=str(said.get("order") or said.get("invoice") or own),
        key=own if is_return else line,
        at=to_milliseconds(event.occurred_at),
        item=str(said.get("item", "")),
        amount=-amount if is_return else amount,
        currency=currency,
    )


def _read_line_with_campaign(event: Event, catalogue: Catalogue) -> SaleLine | None:
    line = read_sale_line(event)
    if line is None or line.amount < 0:
        return line
    return line._replace(campaign=_find_campaign(event.properties, catalogue))


def _find_campaign(said: JsonObject, catalogue: Catalogue) -> str:
    codes = (
        catalogue.offers_by_campaign_code.get(normalize_promo_code(said[name]))
        for name in CODE_PROPERTIES
        if said.get(name)
    )
    return next(filter(None, codes), "")


def _read_touch(event: Event) -> Touch | None:
    """Of marketing that reached a person: what serves them, or a machine, sells nothing."""
    trace, purpose = read_trace(event), event.properties.get("purpose")
    if trace is None or trace.channel not in CHANNELS:
        return None
    if event.type == "action.delivered" and purpose != MARKETING:
        return None
    return Touch(to_milliseconds(event.occurred_at), trace.to_dict())


def _attribute_by_reference(line: SaleLine, event: Event, touches: Sequence[Touch]) -> SaleLine:
    """Owed to what the event itself names."""
    if line.amount < 0:
        return line
    how, trace = find_action_names(event), read_trace(event)
    if trace:
        strength = REFERENCE if trace.action_id == how.reference else CODE
        return line._replace(strength=strength, trace=trace.to_dict())
    for touch in reversed(touches) if how.reference or how.code else ():
        action_id = touch.trace["action_id"]
        if how.reference and how.reference in (action_id, touch.trace["decision_id"]):
            return line._replace(strength=REFERENCE, touched=touch.at, trace=touch.trace)
        if how.code == normalize_promo_code(derive_promo_code(action_id)):
            return line._replace(strength=CODE, touched=touch.at, trace=touch.trace)
    return line


def _attribute_to_strongest(
    line: SaleLine, touches: Iterable[Touch], catalogue: Catalogue
) -> SaleLine:
    """Owed to the strongest of what it is owed to already, and what these messages claim."""
    if line.amount < 0:
        return line
    if line.campaign and line.strength < CAMPAIGN:
        line = line._replace(strength=CAMPAIGN, trace={"offer": line.campaign})
    claims = (_attribute_to_touch(line, touch, catalogue) for touch in touches)
    return max((line, *filter(None, claims)), key=lambda one: one.precedence)


def _attribute_to_touch(line: SaleLine, touch: Touch, catalogue: Catalogue) -> SaleLine | None:
    age = timedelta(milliseconds=line.at - touch.at)
    window = find_attribution_window(catalogue.policies, touch.trace["channel"])
    if line.campaign and touch.trace.get("offer") == line.campaign:
        window, strength = ATTRIBUTED_LINES_KEPT, CAMPAIGN
    else:
        strength = TOUCH
    if not timedelta() <= age <= window:
        return None
    return line._replace(strength=strength, touched=touch.at, trace=touch.trace)


ReturnedParts = dict[tuple[LineKey, LineKey], int]
"""What a return took from a sale's line."""


def _apply_returns(lines: Sequence[SaleLine]) -> tuple[list[SaleLine], ReturnedParts]:
    """What is left of each line once every return, in the order in which they happened, has taken
    from the sales that it can be of: those of the order it names, else the newest of that item."""
    left = _compute_line_amounts(lines)
    taken: ReturnedParts = {}
    for back in (line for line in lines if line.amount < 0):
        wanted = -back.amount
        for sale in _find_returned_sales(back, lines):
            part = min(wanted, left[sale.name])
            if part:
                left[sale.name] -= part
                wanted -= part
                taken[back.name, sale.name] = part
    nets = (left.get(line.name, 0) if line.strength else 0 for line in lines)
    pairs = zip(lines, nets, strict=True)
    return [line if line.net == net else line._replace(net=net) for line, net in pairs], taken


def _compute_line_amounts(lines: Sequence[SaleLine]) -> dict[LineKey, int]:
    """What each line sold: of an order told whole its lines, the oldest first, sold no more than
    the order, which keeps the rest."""
    sold = {line.name: line.amount for line in lines if line.amount >= 0}
    for name, whole in _find_whole_orders(lines).items():
        sold[name] = min(sold[name], sold[whole])
        sold[whole] -= sold[name]
    return sold


def _find_whole_orders(lines: Sequence[SaleLine]) -> dict[LineKey, LineKey]:
    """Of each line of an order that is told whole too: the line that tells it."""
    wholes = {(line.sale, line.currency): line.name for line in lines if line.is_whole}
    parts = (line for line in lines if line.amount > 0 and not line.is_whole)
    found = ((line.name, wholes.get((line.sale, line.currency))) for line in parts)
    return {name: whole for name, whole in found if whole}


def _find_returned_sales(back: SaleLine, lines: Sequence[SaleLine]) -> Iterator[SaleLine]:
    sales = [
        one for one in reversed(lines) if one.amount > 0 and back.currency in ("", one.currency)
    ]
    named_one = [one for one in sales if one.sale == back.sale]
    if named_one:
        yield from (one for one in named_one if not back.item or one.item in ("", back.item))
    elif back.item:
        yield from (one for one in sales if one.item == back.item and one.at <= back.at)


def _select_lines_to_keep(
    lines: Sequence[SaleLine], taken: ReturnedParts, now: int
) -> list[SaleLine]:
    """The newest, as long as they may change. What leaves settles what it took, or what was taken
    of it, so that nothing changes for those that stay."""
    bound = {name for pair in taken for name in pair}
    oldest, fresh = now - _ATTRIBUTED_KEPT_MS, now - _UNATTRIBUTED_KEPT_MS
    young = [
        line
        for line in lines
        if line.at >= (oldest if line.strength or line.name in bound else fresh)
    ][-MOST_LINES:]
    if len(young) == len(lines):
        return young
    stay = {line.name for line in young}
    amounts = _adjust_kept_amounts(lines, taken, stay)
    parts = ((line, amounts[line.name]) for line in lines if line.name in stay)
    return [
        line if line.amount == amount else line._replace(amount=amount)
        for line, amount in parts
        if amount or line.is_whole
    ]


def _adjust_kept_amounts(
    lines: Sequence[SaleLine], taken: ReturnedParts, stay: set[LineKey]
) -> dict[LineKey, int]:
    amounts = {line.name: line.amount for line in lines}
    shares, orders = _compute_line_amounts(lines), _find_whole_orders(lines)
    for name, whole in orders.items():
        if name in stay and whole not in stay:
            amounts[name] = shares[name]
        elif whole in stay and name not in stay:
            amounts[whole] -= shares[name]
    for (back, sale), part in taken.items():
        if back in stay and sale not in stay:
            amounts[back] += part
        elif sale in stay and back not in stay:
            amounts[sale] -= part
            if orders.get(sale) in stay:
                amounts[orders[sale]] -= part
    return amounts


def _find_changes(
    before: Sequence[SaleLine], after: Sequence[SaleLine]
) -> Iterator[tuple[SaleLine, int]]:
    """Whose claim on what gained or lost how much."""
    was = {line.name: line for line in before}
    for line in after:
        old = was.get(line.name) or line._replace(net=0)
        if old is line:
            continue
        same = old.trace == line.trace and old.strength == line.strength
        lost, gained = (0, line.net - old.net) if same else (-old.net, line.net)
        yield from ((one, amount) for one, amount in ((old, lost), (line, gained)) if amount)


def _build_attribution(line: SaleLine, amount: int, at: datetime) -> AttributionEntry:
    told = {name: line.trace.get(name, "") for name in _TRACE_FIELDS}
    by: AttributionBasis = _BY_STRENGTH[line.strength]
    sale = {"sale": line.sale, "line": line.key, "currency": line.currency}
    return AttributionEntry(**sale, **told, amount=amount, by=by, at=at)
