"""receive_webhook: webhooks, the tracking API, CloudEvents: each proved, onto the bus."""

from functools import cache
from typing import Any

from hub.entrypoints.http_api import Request, respond
from hub.entrypoints.settings import read
from hub.intake.adapters.source_definitions import Definitions
from hub.intake.domain.segment_tracking import SOURCE
from hub.intake.steps.receive_webhook import Receiver
from hub.messaging.adapters.claim_check import Claims
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import folder
from hub.platform.adapters.secrets import Secrets
from receive_webhook.settings import ReceiveWebhookSettings


@cache
def receiver() -> Receiver:
    given = read(ReceiveWebhookSettings)
    sources, secrets = Definitions(folder() / "sources"), Secrets(given.source_secrets)
    return Receiver(sources, secrets, Claims(given.claims_bucket), Bus(given.bus_name), clock.now)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, answer, lambda request: receiver().wanted(_source(request)))


def answer(request: Request) -> Any:
    match request.route:
        case "POST /events":
            return receiver().event(request)
        case "GET /webhooks/{source}" | "HEAD /webhooks/{source}":
            return receiver().challenge(_source(request), request)
        case "GET /v1/projects/{key}/settings":
            return receiver().tracking_settings(request.path.get("key", ""), request)
    return receiver().webhook(_source(request), request)


def _source(request: Request) -> str:
    return SOURCE if request.route == "POST /v1/{call}" else request.path.get("source", "")
