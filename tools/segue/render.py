"""What users see: timelines, tables and explanations, built with rich."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tools.segue.balance import Balance
from tools.segue.explanation import Explanation
from tools.segue.profile_lines import format_blocks, format_fields

COLOURS = {
    "raw": "dim",
    "event": "cyan",
    "decision": "bold",
    "action": "green",
    "timer": "yellow",
    "outcome": "magenta",
}
SHORT = 8


def render_timeline_line(line: Mapping[str, str]) -> Text:
    """Return one line of the timeline: time, customer, what, why."""
    return Text.assemble(
        (line["time"][11:23].rstrip("Z") + " ", "dim"),
        f"{shorten_id(line['customer']):<{SHORT}} ",
        (f"{line['kind']:<9}", COLOURS.get(line["kind"], "")),
        (f"{line['what']:<28} ", COLOURS.get(line["kind"], "")),
        (line["why"], "dim"),
    )


def shorten_id(customer_id: str) -> str:
    """Return the end of an id, which tells people apart. Its start may be a time."""
    return customer_id[-SHORT:]


def build_table(columns: Iterable[str], rows: Iterable[Iterable[object]], title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table


def render_explanation(explanation: Explanation) -> RenderableType:
    lines = format_blocks(explanation.blocks)
    if explanation.refused_addresses:
        lines["refused"] = "\n".join(map(_format_refused_address, explanation.refused_addresses))
    blocks = build_table(("", ""), lines.items())
    blocks.show_header = False
    title = Text.assemble("Customer ", (explanation.customer_id, "bold"))
    pieces: list[RenderableType] = [title, blocks, Text()]
    for decision in explanation.decisions:
        pieces += render_decision(decision)
    if not explanation.decisions:
        pieces.append(Text("Nothing has been decided about them yet."))
    return Group(*pieces)


def _format_refused_address(refused: Mapping[str, str]) -> str:
    return f"{refused['channel']} {refused['address']}: {refused['purpose']}, {refused['proof']}"


def render_customer_view(view: Mapping[str, Any]) -> RenderableType:
    """Return a line for each block. `through` is the last day that the mart covers."""
    keys = ", ".join(f"{name}#{v}" for name, values in view["known_by"].items() for v in values)
    rows = [
        (name, format_fields(block["values"]), format_origin(block), str(block["as_of"] or "")[:19])
        for name, block in view["blocks"].items()
    ]
    title = Text.assemble("Customer ", (view["customer"], "bold"), f", known by {keys}")
    return Group(title, build_table(("block", "what is known", "from", "as of (UTC)"), rows))


def format_origin(block: Mapping[str, Any]) -> str:
    through = f" through {block['through']}" if "through" in block else ""
    return " and ".join(block["from"]) + through


def render_decision(decision: Mapping[str, Any]) -> list[Text]:
    """Return the sentence, each rule that did not match with its clause, and each action."""
    receipt = decision["receipt"]
    head = Text.assemble(
        (decision["decided_at"][:19].replace("T", " "), "dim"),
        (f"  {decision['event_type']}", "bold"),
        (f"  from {decision['source']}, catalogue {decision['catalogue']}", "dim"),
    )
    lines = [head, Text(f"  {receipt.get('sentence', '')}")]
    for rule in receipt.get("rules", ()):
        if not rule["matched"]:
            why = f"  rule {rule['rule']} wanted {rule['clause']} but saw {rule['saw']}"
            lines.append(Text(why, style="dim"))
    lines += [
        Text(f"  {words}", style="dim") for words in map(format_choice, receipt.get("choices", ()))
    ]
    for action in decision["actions"]:
        reason = f": {action['reason']}" if action["reason"] else ""
        lines.append(Text(f"  {action['channel']} {action['status']}{reason}", style="green"))
    return lines


def format_choice(choice: Mapping[str, Any]) -> str:
    """Return what happened to one offer or message, with the figures of its ranking."""
    figures = {n: v for n, v in choice.items() if isinstance(v, int | float) and n != "shadow"}
    ranked = f" ({format_fields(figures)})" if figures else ""
    on = f" by {choice['channel']}" if choice.get("channel") else ""
    ends = f"held back: {choice['gate']}" if "gate" in choice else choice.get("made", "")
    shadow = "in shadow, " if choice.get("shadow") else ""
    return f"{shadow}{choice['do']} {choice['what']}{on}: {ends}{ranked}"


def render_letter(letter: Mapping[str, Any]) -> RenderableType:
    sent = datetime.fromtimestamp(letter["sent"] / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    reason = f"{letter['error']} {letter['reason']}".strip()
    return Group(
        Text.assemble(
            (sent, "dim"), f"  {letter['stage'] or 'before any stage'}: ", (reason, "red")
        ),
        Text(f"  correlation id {letter['correlation_id'] or 'unknown'}", style="dim"),
        Text(f"  {letter['body']}", style="dim"),
    )


def render_balance(balance: Balance) -> RenderableType:
    """Return accepted events and made actions, with a row for each way in which they ended."""
    names = ("decided", "surroundings", "parked", "replayed", "dead_events", "waiting")
    counts = [getattr(balance, name) for name in names]
    sources = sorted({source for count in counts for source in count})
    rows = [(name, *(c.get(name, 0) for c in counts)) for name in sources]
    totals = ("all", *(sum(count.values()) for count in counts))
    queues = [
        (name, balance.under_way.get(name, ""), count) for name, count in balance.dead.items()
    ]
    return Group(
        build_table(("source", *names[:-2], "dead-lettered", "waiting"), [*rows, totals], "Events"),
        Text(),
        build_table(balance.actions, [balance.actions.values()], "Actions"),
        Text(),
        build_table(("queue", "under way", "dead letters"), queues, "Queues"),
    )
