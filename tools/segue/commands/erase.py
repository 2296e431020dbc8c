"""`segue erase`: deletes a customer's data at their request."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.text import Text

from hub.model.event import Event
from hub.platform.adapters.aws_text import to_json
from hub.profile.domain.erasure import ERASED
from tools.segue.commands.identity import Who, wait_until
from tools.segue.explanation import find_customer, read_state
from tools.segue.hub import Hub
from tools.segue.session import get_session

Yes = Annotated[bool, typer.Option("--yes", help="Do it. Otherwise only show the customer.")]


def add_commands(app: typer.Typer) -> None:
    app.command()(erase)


def erase(context: typer.Context, customer: Who, *, yes: Yes = False) -> None:
    """Erase a customer: their profile, their keys, and all messages on their way to them."""
    session = get_session(context)
    hub = session.hub()
    customer_id, state = find_customer(hub, customer)
    if yes:
        _send_erasure(hub, customer_id)
        wait_until("forgotten", lambda: "erased" in read_state(hub, customer_id))
    keys = sum(map(len, state.get("identities", {}).values()))
    words = "is erased" if yes else f"has {keys} keys. Nothing was changed: add --yes"
    done = {"customer_id": customer_id, "keys": keys, "done": yes}
    session.screen.show(Text(f"{customer_id} {words}."), done)


def _send_erasure(hub: Hub, customer_id: str) -> None:
    now, event_id = datetime.now(UTC), f"by-hand-{uuid4().hex}"
    event = Event(
        id=event_id,
        type=ERASED,
        source="segue",
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=customer_id,
    )
    hub.sqs.send_message(
        QueueUrl=hub.output("CustomerQueueUrl"),
        MessageBody=to_json(event.to_dict()),
        MessageGroupId=customer_id,
        MessageDeduplicationId=event_id,
    )
