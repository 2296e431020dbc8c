"""print_letters: letters written as their actions come, and printed in a daily batch."""

from functools import cache
from typing import Any

from hub.catalogue.adapters.catalogue_store import Snapshots, templates_of
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import Ledger
from hub.delivery.adapters.letter_pdf import Typesetter
from hub.delivery.adapters.letter_table import Letters
from hub.delivery.adapters.print_bucket import Press
from hub.delivery.steps.carry_out_actions import Actor
from hub.delivery.steps.message_channels import Content, LetterChannel
from hub.delivery.steps.print_letters import PrintRoom
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers
from print_letters.settings import PrintLettersSettings


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
