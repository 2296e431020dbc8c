"""What people see, as pictures for the README: `python -m tests.docs.make_pictures`.

The whole hub runs in memory on the retail example. `explain.svg` is what `segue explain` prints of
it, `mail.png` the mail that it sent. The mail needs the browser of `python3 -m tools.bootstrap
clients`.
"""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from hub.kernel.times import to_iso
from tests.in_memory import EXAMPLE, InMemoryHub
from tests.whole_hub.test_whole_hub import delivery
from tools.segue import render
from tools.segue.browser import take_pictures
from tools.segue.explanation import INTERNAL_BLOCKS, Explanation
from tools.setup_commands import ROOT

IMAGES = ROOT / "docs" / "images"
BLANKS = {".$run": "", "$run": "1", "$card_of_ann": "14911"}
_WEB_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture of ours loads no font from another site."""
DAY = (("shop", "sign-up-ann"), ("care", "complaint-ann"), ("shop", "order-ann"))


def play_day() -> InMemoryHub:
    """Ann signs up, complains and buys."""
    hub = InMemoryHub()
    for source, name in DAY:
        text = (EXAMPLE / "payloads" / f"{name}.json").read_text(encoding="utf-8")
        for blank, value in {**BLANKS, "$now": to_iso(hub.clock())}.items():
            text = text.replace(blank, value)
        hub.push(delivery(source, name, json.loads(text)))
        hub.clock.passes(minutes=1)
    return hub


def explain(hub: InMemoryHub) -> Explanation:
    """The newest decisions on what Ann did, each action with its end in the ledger."""
    ((customer_id, stored),) = hub.customers.items.items()
    decisions = [d.to_dict() for d in hub.customers.decided if d.source != "segue"]
    for action in (action for decision in decisions for action in decision["actions"]):
        entry = hub.ledger.lines[action["id"]]
        action |= {"status": str(entry.status), "reason": entry.reason}
    blocks = {
        name: block for name, block in json.loads(stored).items() if name not in INTERNAL_BLOCKS
    }
    return Explanation(customer_id, blocks, decisions[::-1])


def write_explanation(told: Explanation, place: Path) -> None:
    console = Console(record=True, width=110, file=StringIO())
    console.print(render.render_explanation(told))
    picture = console.export_svg(title="segue explain loyalty#14911", unique_id="explain")
    place.write_text(_WEB_FONTS.sub("", picture), encoding="utf-8")


def find_mail(hub: InMemoryHub) -> str:
    """The HTML of the first mail that has some."""
    mails: list[dict[str, Any]] = [dict(parts) for _, parts, _ in hub.mail.sent]
    return next(str(parts["html"]) for parts in mails if parts.get("html"))


if __name__ == "__main__":
    played = play_day()
    write_explanation(explain(played), IMAGES / "explain.svg")
    take_pictures({IMAGES / "mail.png": find_mail(played)})
