"""receive_webhook: verifies webhooks, tracking calls and CloudEvents and publishes them."""

from functools import cache

from hub.entrypoints.cross_origin import CrossOriginRoutes, respond_across_origins
from hub.entrypoints.http_api import ApiRequest, LambdaResponse
from hub.entrypoints.settings import read_settings
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.segment_tracking import SEGMENT_SOURCE
from hub.intake.domain.webhook_definition import ApiResponse
from hub.intake.steps.receive_webhook import ReceiveWebhook
from hub.kernel.json_types import Json, JsonObject
from hub.messaging.adapters.claim_check import ClaimCheck
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.platform.adapters.secrets import Secrets
from receive_webhook.settings import ReceiveWebhookSettings

# Any page may track: the write key identifies the site, and no cookie is used.
PAGES = CrossOriginRoutes(
    routes=("POST /v1/{call}", "GET /v1/projects/{key}/settings"),
    headers=("authorization", "content-type", "x-retry-count"),
)


@cache
def receiver() -> ReceiveWebhook:
    settings = read_settings(ReceiveWebhookSettings)
    return ReceiveWebhook(
        sources=SourceDefinitions(find_schemas_folder() / "sources"),
        secrets=Secrets(settings.source_secrets),
        claim_check=ClaimCheck(settings.claims_bucket),
        bus=Bus(settings.bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Json], _context: object) -> LambdaResponse:
    return respond_across_origins(
        event,
        answer,
        PAGES,
        lambda request: receiver().find_custom_responses(_find_source(request)),
    )


def answer(request: ApiRequest) -> str | list[str] | JsonObject | ApiResponse:
    match request.route:
        case "POST /events":
            return receiver().receive_cloud_events(request)
        case "GET /webhooks/{source}" | "HEAD /webhooks/{source}":
            return receiver().answer_challenge(_find_source(request), request)
        case "GET /v1/projects/{key}/settings":
            return receiver().read_tracking_settings(request.path.get("key", ""), request)
    return receiver().receive(_find_source(request), request)


def _find_source(request: ApiRequest) -> str:
    return SEGMENT_SOURCE if request.route == "POST /v1/{call}" else request.path.get("source", "")
