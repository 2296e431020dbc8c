"""receive_webhook: webhooks, the tracking API, CloudEvents: each proved, onto the bus."""

from functools import cache
from typing import Any

from hub.entrypoints.http_api import ApiRequest, respond
from hub.entrypoints.settings import read_settings
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.segment_tracking import SEGMENT_SOURCE
from hub.intake.steps.receive_webhook import ReceiveWebhook
from hub.messaging.adapters.claim_check import ClaimCheck
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.platform.adapters.secrets import Secrets
from receive_webhook.settings import ReceiveWebhookSettings


@cache
def receiver() -> ReceiveWebhook:
    given = read_settings(ReceiveWebhookSettings)
    sources, secrets = (
        SourceDefinitions(find_schemas_folder() / "sources"),
        Secrets(given.source_secrets),
    )
    return ReceiveWebhook(
        sources, secrets, ClaimCheck(given.claims_bucket), Bus(given.bus_name), clock.now
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(
        event, answer, lambda request: receiver().find_custom_responses(_source(request))
    )


def answer(request: ApiRequest) -> Any:
    match request.route:
        case "POST /events":
            return receiver().receive_cloud_events(request)
        case "GET /webhooks/{source}" | "HEAD /webhooks/{source}":
            return receiver().answer_challenge(_source(request), request)
        case "GET /v1/projects/{key}/settings":
            return receiver().read_tracking_settings(request.path.get("key", ""), request)
    return receiver().receive(_source(request), request)


def _source(request: ApiRequest) -> str:
    return SEGMENT_SOURCE if request.route == "POST /v1/{call}" else request.path.get("source", "")
