"""Returns: what they take from the lines of sales, and which lines may still change."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hub.measurement.domain.sale_line import LineKey, SaleLine

ATTRIBUTED_LINES_KEPT = timedelta(days=90)
UNATTRIBUTED_LINES_KEPT = timedelta(days=2)
_ATTRIBUTED_KEPT_MS, UNATTRIBUTED_KEPT_MS = (
    span // timedelta(milliseconds=1) for span in (ATTRIBUTED_LINES_KEPT, UNATTRIBUTED_LINES_KEPT)
)
MOST_LINES = 40
ReturnedParts = dict[tuple[LineKey, LineKey], int]
"""(Line of the return, line of the sale) -> what the return took from the sale."""


def apply_returns(lines: Sequence[SaleLine]) -> tuple[list[SaleLine], ReturnedParts]:
    """Computes what is left of each line after all returns, in the order in which they happened.

    A return takes only from the lines of the order that it names. If it names none, it takes from
    the newest sales of its item.
    """
    left = _compute_line_amounts(lines)
    taken: ReturnedParts = {}
    for returned in (line for line in lines if line.amount < 0):
        wanted = -returned.amount
        for sale in _find_returned_sales(returned, lines):
            part = min(wanted, left[sale.name])
            if part:
                left[sale.name] -= part
                wanted -= part
                taken[returned.name, sale.name] = part
    nets = (left.get(line.name, 0) if line.strength else 0 for line in lines)
    pairs = zip(lines, nets, strict=True)
    return [line if line.net == net else line._replace(net=net) for line, net in pairs], taken


def _compute_line_amounts(lines: Sequence[SaleLine]) -> dict[LineKey, int]:
    """Computes what each line sold.

    If events state both an order and its lines, the lines, oldest first, sold no more than the
    order together. The order keeps the rest.
    """
    sold = {line.name: line.amount for line in lines if line.amount >= 0}
    for name, whole in _find_whole_orders(lines).items():
        sold[name] = min(sold[name], sold[whole])
        sold[whole] -= sold[name]
    return sold


def _find_whole_orders(lines: Sequence[SaleLine]) -> dict[LineKey, LineKey]:
    """Finds for each line of an order the line of the whole order, if there is one."""
    wholes = {(line.sale, line.currency): line.name for line in lines if line.is_whole}
    parts = (line for line in lines if line.amount > 0 and not line.is_whole)
    pairs = ((line.name, wholes.get((line.sale, line.currency))) for line in parts)
    return {name: whole for name, whole in pairs if whole}


def _find_returned_sales(returned: SaleLine, lines: Sequence[SaleLine]) -> Iterator[SaleLine]:
    sales = [
        line
        for line in reversed(lines)
        if line.amount > 0 and returned.currency in ("", line.currency)
    ]
    of_named_order = [line for line in sales if line.sale == returned.sale]
    if of_named_order or returned.names_order:
        yield from (
            line for line in of_named_order if not returned.item or line.item in ("", returned.item)
        )
    elif returned.item:
        yield from (line for line in sales if line.item == returned.item and line.at <= returned.at)


def select_lines_to_keep(
    lines: Sequence[SaleLine], taken: ReturnedParts, now: int
) -> list[SaleLine]:
    """Selects the newest lines that may still change.

    A line that leaves settles its returns, so that nothing changes for the lines that stay.
    """
    bound = {name for pair in taken for name in pair}
    oldest, fresh = now - _ATTRIBUTED_KEPT_MS, now - UNATTRIBUTED_KEPT_MS
    young = [
        line
        for line in lines
        if line.at >= (oldest if line.strength or line.name in bound else fresh)
    ][-MOST_LINES:]
    if len(young) == len(lines):
        return young
    kept_names = {line.name for line in young}
    amounts = _adjust_kept_amounts(lines, taken, kept_names)
    pairs = ((line, amounts[line.name]) for line in lines if line.name in kept_names)
    return [
        line if line.amount == amount else _settle(line, amount)
        for line, amount in pairs
        if amount or line.is_whole
    ]


def _settle(line: SaleLine, amount: int) -> SaleLine:
    return line._replace(amount=amount, settled=line.settled + line.amount - amount)


def _adjust_kept_amounts(
    lines: Sequence[SaleLine], taken: ReturnedParts, kept_names: set[LineKey]
) -> dict[LineKey, int]:
    """The amounts of the lines after those that leave have settled theirs."""
    amounts = {line.name: line.amount for line in lines}
    shares, orders = _compute_line_amounts(lines), _find_whole_orders(lines)
    for name, whole in orders.items():
        if name in kept_names and whole not in kept_names:
            amounts[name] = shares[name]
        elif whole in kept_names and name not in kept_names:
            amounts[whole] -= shares[name]
    for (returned, sale), part in taken.items():
        if returned in kept_names and sale not in kept_names:
            amounts[returned] += part
        elif sale in kept_names and returned not in kept_names:
            amounts[sale] -= part
            if orders.get(sale) in kept_names:
                amounts[orders[sale]] -= part
    return amounts
