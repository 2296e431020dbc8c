"""receive_webhook: `POST /webhooks/{source}`, signed, onto the bus."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.claims import Claims
from hub.adapters.schemas import Definitions, folder
from hub.adapters.secrets import Secrets
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
    def answer(request: Request) -> str:
        source = request.path.get("source", "")
        return receive_webhook(source, request.headers, request.body, **needs())

    return respond(event, answer)
