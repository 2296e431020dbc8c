"""print_letters: writes letters when their actions come, and prints them in a daily batch."""

from functools import cache
from typing import Any

from hub.catalogue.adapters.catalogue_store import SnapshotReader, build_template_loader
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.letter_pdf import Typesetter
from hub.delivery.adapters.letter_table import WaitingLetters
from hub.delivery.adapters.print_bucket import PrintStore
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.message_channels import LetterChannel, MessageContent
from hub.delivery.steps.print_letters import PrintLetters
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers
from print_letters.settings import PrintLettersSettings


@cache
def settings() -> PrintLettersSettings:
    """The function's environment."""
    return read_settings(PrintLettersSettings)


@cache
def print_letters() -> PrintLetters:
    environment = settings()
    letters, typeset = (
        WaitingLetters(environment.letters_table),
        Typesetter(environment.return_address),
    )
    content = MessageContent(
        build_template_loader(SnapshotReader(environment.catalogue_bucket)), LiquidRenderer()
    )
    writer = CarryOutActions(
        channel=LetterChannel(content, letters, typeset),
        customers=Customers(environment.customers_table),
        ledger=ActionLedger(environment.ledger_table),
        bus=Bus(environment.bus_name),
        clock=clock.now,
    )
    return PrintLetters(writer, letters, PrintStore(environment.print_bucket), typeset)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, print_letters(), settings=settings(), stage="print_letters")
