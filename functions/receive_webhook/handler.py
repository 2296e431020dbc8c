"""receive_webhook: `POST /webhooks/{source}`, signed, onto the bus."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.claims import Claims
from hub.adapters.schemas import Definitions, folder
from hub.adapters.secrets import Secrets
from hub.domain.webhook import Answers
from hub.entry.http import Request, respond
from hub.settings import ReceiveWebhookSettings, read
from hub.steps.receive import receive_webhook


@cache
def needs() -> dict[str, Any]:
    settings = read(ReceiveWebhookSettings)
    return {
        "sources": Definitions(folder() / "sources"),
        "secrets": Secrets(settings.source_secrets),
        "claims": Claims(settings.claims_bucket),
        "bus": Bus(settings.bus_name),
        "clock": clock.now,
    }


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, answer, contract)


def answer(request: Request) -> str | list[str]:
    return receive_webhook(request.path.get("source", ""), request, **needs())


def contract(request: Request) -> Answers:
    """What this source's vendor wants to hear."""
    source = needs()["sources"](request.path.get("source", ""))
    return source.webhook.answers if source and source.webhook else {}
