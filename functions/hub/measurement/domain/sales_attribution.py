"""Sales attribution: the decision to which each line of a sale is attributed (the block `owing`).

A line is attributed to the message that the sale names by reference or promo code, else to the
last message that reached the customer within the attribution window. A return reverses it. Each
line has the strongest claim of all events so far, and returns are computed over all lines
together. Of several words about one line the earliest time and the greatest amount hold. So the
same events in any order, even repeated or under other ids, come to the same sums. After a merge the
lines of both customers are attributed again, as if they had always been one. Each event gives
the changes as attributions, and their sum is what is attributed. If events state both an order and
its lines, the order's amount holds: its lines share it, and the rest is the order's own. An order
is recognised by its id, for as long as its lines are kept.

In the block, `touches` are the marketing messages that reached the customer. `lines` are the sales
and returns that may still change: attributed ones for 90 days, others for two, and the newest of
each. A line that is no longer kept is settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import itemgetter
from typing import NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.attribution import find_attribution_window
from hub.identity.domain.merge_record import MERGED
from hub.kernel.times import to_milliseconds
from hub.measurement.domain.sale_line import (
    CAMPAIGN,
    CODE,
    REFERENCE,
    RETURNS,
    SALES,
    TOUCH,
    TOUCHES,
    LineKey,
    SaleLine,
    Touch,
    combine_words,
    read_line_with_campaign,
    read_lines,
    read_touch,
    store_line,
    time_order,
)
from hub.measurement.domain.sale_returns import (
    ATTRIBUTED_LINES_KEPT,
    MOST_LINES,
    UNATTRIBUTED_KEPT_MS,
    apply_returns,
    select_lines_to_keep,
)
from hub.model.action_trace import Trace, find_action_names, read_trace
from hub.model.attribution_entry import AttributionBasis, AttributionEntry
from hub.model.customer import Customer
from hub.model.decision_outcome import DecisionOutcome
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code, normalize_promo_code

MOST_TOUCHES = 20
_BASIS_BY_STRENGTH: Mapping[int, AttributionBasis] = {
    REFERENCE: "reference",
    CODE: "code",
    CAMPAIGN: "code",
    TOUCH: "touch",
}
_TRACE_FIELDS = ("decision_id", "action_id", "rule_id", "strategy", "offer", "channel")
# Of stored lines, because most lines are only stored again.
_stored_name, _stored_order, _stored_strength = (
    itemgetter(0, 1),
    itemgetter(2, 1, 0),
    itemgetter(SaleLine._fields.index("strength")),
)


class AttributionResult(NamedTuple):
    """The customer after an event, the changes in what is attributed, and the decisions that led
    to a sale."""

    customer: Customer
    attributions: Sequence[AttributionEntry] = ()
    marks: Sequence[DecisionOutcome] = ()


def attribute_sale(
    customer: Customer, event: Event, catalogue: Catalogue, now: datetime
) -> AttributionResult:
    """Applies a sale, a return, or a message that reached the customer."""
    new: SaleLine | Touch | None = None
    if event.type == MERGED and customer.owing:
        return _update_attribution(customer, catalogue, now, event, None)
    if event.type in SALES or event.type in RETURNS:
        new = read_line_with_campaign(event, catalogue)
    elif event.type in TOUCHES:
        new = read_touch(event)
    if new is None:
        return AttributionResult(customer)
    if isinstance(new, SaleLine) and _is_unattributable(customer, new, event):
        return AttributionResult(_add_unattributed_line(customer, new, to_milliseconds(now)))
    return _update_attribution(customer, catalogue, now, event, new)


def _is_unattributable(customer: Customer, new: SaleLine, event: Event) -> bool:
    """Whether the customer got no message lately: the common case, in a tenth of the time."""
    block = customer.owing
    has_claims = "touches" in block or any(map(_stored_strength, block.get("lines", ())))
    return not (has_claims or new.campaign or read_trace(event))


def _add_unattributed_line(customer: Customer, new: SaleLine, now: int) -> Customer:
    lines = customer.owing.get("lines", ())
    if new.name in map(_stored_name, lines):
        new = reduce(
            combine_words, (old for old in read_lines(customer) if old.name == new.name), new
        )
        lines = [line for line in lines if _stored_name(line) != new.name]
    fresh = [
        line
        for line in (*lines, store_line(new))
        if _stored_order(line)[0] >= now - UNATTRIBUTED_KEPT_MS
    ]
    kept = sorted(fresh, key=_stored_order)[-MOST_LINES:]
    return customer.with_changes(owing={"lines": kept} if kept else {})


def _update_attribution(
    customer: Customer,
    catalogue: Catalogue,
    now: datetime,
    event: Event,
    new: SaleLine | Touch | None,
) -> AttributionResult:
    touches = [Touch(*stored) for stored in customer.owing.get("touches", ())]
    before = read_lines(customer)
    if isinstance(new, Touch):
        touches = sorted(_index_by_action([*touches, new]).values(), key=time_order)
        lines = [_attribute_to_strongest(line, [new], catalogue) for line in _unite_words(before)]
    elif new is None:
        touches = sorted(_index_by_action(touches).values(), key=time_order)
        lines = [_attribute_to_strongest(line, touches, catalogue) for line in _unite_words(before)]
    else:
        line = _attribute_by_reference(new, event, touches)
        lines = [
            _attribute_to_strongest(each, touches, catalogue) if each.name == line.name else each
            for each in _unite_words([*before, line])
        ]
    lines, taken = apply_returns(sorted(lines, key=time_order))
    kept_lines = select_lines_to_keep(lines, taken, to_milliseconds(now))
    oldest = to_milliseconds(now - ATTRIBUTED_LINES_KEPT)
    kept_touches = [touch for touch in touches if touch.at >= oldest][-MOST_TOUCHES:]
    block = {"touches": list(map(list, kept_touches)), "lines": list(map(store_line, kept_lines))}
    customer = customer.with_changes(
        owing={name: entries for name, entries in block.items() if entries}
    )
    return _build_result(customer, list(_find_changes(before, lines)), event.occurred_at)


def _build_result(
    customer: Customer, changes: Sequence[tuple[SaleLine, int]], at: datetime
) -> AttributionResult:
    return AttributionResult(
        customer,
        [_build_attribution(line, amount, at) for line, amount in changes],
        [
            DecisionOutcome(Trace(**line.trace), "converted", at)
            for line, amount in changes
            if amount > 0 and "decision_id" in line.trace
        ],
    )


def _index_by_action(touches: Iterable[Touch]) -> dict[str, Touch]:
    return {touch.trace["action_id"]: touch for touch in touches}


def _unite_words(lines: Iterable[SaleLine]) -> list[SaleLine]:
    """Makes one line of all lines of one name."""
    by_name: dict[LineKey, SaleLine] = {}
    for line in lines:
        first = by_name.get(line.name)
        by_name[line.name] = combine_words(first, line) if first else line
    return list(by_name.values())


def _attribute_by_reference(line: SaleLine, event: Event, touches: Sequence[Touch]) -> SaleLine:
    """Attributes the line of a sale to the action that the event itself names."""
    if line.amount < 0:
        return line
    names, trace = find_action_names(event), read_trace(event)
    if trace:
        strength = REFERENCE if trace.action_id == names.reference else CODE
        return line._replace(strength=strength, trace=trace.to_dict())
    for touch in reversed(touches) if names.reference or names.code else ():
        action_id = touch.trace["action_id"]
        if names.reference and names.reference in (action_id, touch.trace["decision_id"]):
            return line._replace(strength=REFERENCE, touched=touch.at, trace=touch.trace)
        if names.code == normalize_promo_code(derive_promo_code(action_id)):
            return line._replace(strength=CODE, touched=touch.at, trace=touch.trace)
    return line


def _attribute_to_strongest(
    line: SaleLine, touches: Iterable[Touch], catalogue: Catalogue
) -> SaleLine:
    """Attributes the line to the strongest claim: its present one or one of these messages."""
    if line.amount < 0:
        return line
    if line.campaign and line.strength < CAMPAIGN:
        line = line._replace(strength=CAMPAIGN, trace={"offer": line.campaign})
    claims = (_attribute_to_touch(line, touch, catalogue) for touch in touches)
    return max((line, *filter(None, claims)), key=lambda claim: claim.precedence)


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


def _find_changes(
    before: Sequence[SaleLine], after: Sequence[SaleLine]
) -> Iterator[tuple[SaleLine, int]]:
    """Yields each line whose action gained or lost an amount, and that amount.

    After a merge `before` may have two lines of one name, which two actions have gained.
    """
    was: dict[LineKey, list[SaleLine]] = {}
    for line in before:
        was.setdefault(line.name, []).append(line)
    for line in after:
        gained = line.net
        for old in was.get(line.name, ()):
            if old.trace == line.trace and old.strength == line.strength:
                gained -= old.net
            elif old.net:
                yield old, -old.net
        if gained:
            yield line, gained


def _build_attribution(line: SaleLine, amount: int, at: datetime) -> AttributionEntry:
    trace = {name: line.trace.get(name, "") for name in _TRACE_FIELDS}
    by: AttributionBasis = _BASIS_BY_STRENGTH[line.strength]
    sale = {"sale": line.sale, "line": line.key, "currency": line.currency}
    return AttributionEntry(**sale, **trace, amount=amount, by=by, at=at)
