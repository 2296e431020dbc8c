"""print_letters: letters written as their actions come, and printed in a daily batch."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.catalogue_store import Snapshots, templates_of
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.ledger import Ledger
from hub.adapters.letter_pdf import Typesetter
from hub.adapters.letters import Letters
from hub.adapters.press import Press
from hub.entry.queues import consume
from hub.settings import PrintLettersSettings, read
from hub.steps.act import Actor
from hub.steps.channels import Content, LetterChannel
from hub.steps.print_letters import PrintRoom


@cache
def settings() -> PrintLettersSettings:
    return read(PrintLettersSettings)


@cache
def print_room() -> PrintRoom:
    given = settings()
    letters, typeset = Letters(given.letters_table), Typesetter(given.return_address)
    content = Content(templates_of(Snapshots(given.catalogue_bucket)), LiquidRenderer())
    writer = Actor(
        channel=LetterChannel(content, letters, typeset),
        customers=Customers(given.customers_table),
        ledger=Ledger(given.ledger_table),
        bus=Bus(given.bus_name),
        clock=clock.now,
    )
    return PrintRoom(writer, letters, Press(given.print_bucket), typeset)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, print_room(), settings=settings(), stage="print_letters")
