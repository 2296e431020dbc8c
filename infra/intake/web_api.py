"""The ways in. Whatever comes is verified, stored durably, and only then acknowledged."""

from aws_cdk import Duration
from aws_cdk.aws_apigatewayv2 import (
    CfnStage,
    CorsHttpMethod,
    CorsPreflightOptions,
    HttpApi,
    HttpMethod,
    HttpRoute,
)
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base.alarms import ring
from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Keyring
from infra.deployment import Ground

# Any page may track, as the write key in it says which site it is: no cookie is ever asked for.
FROM_ANY_PAGE = CorsPreflightOptions(
    allow_headers=["authorization", "content-type", "x-retry-count"],
    allow_methods=[CorsHttpMethod.GET, CorsHttpMethod.POST],
    allow_origins=["*"],
    max_age=Duration.hours(1),
)


class WebDoor(Construct):
    """Webhooks, signed by the source; the Segment tracking API; CloudEvents of applications. Other
    rooms open it to functions of their own."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        claims: Bucket,
        keyring: Keyring,
    ) -> None:
        super().__init__(scope, id_)
        self.receiver = HubFunction(
            self,
            "ReceiveWebhook",
            name="receive_webhook",
            ground=ground,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CLAIMS_BUCKET": claims.bucket_name,
                "SOURCE_SECRETS": keyring.sources,
            },
        )
        self.receiver.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.receiver.may("s3:PutObject", on=claims.arn_for_objects("*"))
        self.receiver.may("secretsmanager:GetSecretValue", on=keyring.sources)
        self.api = HttpApi(
            self,
            "Api",
            cors_preflight=FROM_ANY_PAGE,
            description="Segue: webhooks, tracking, CloudEvents",
        )
        refused = self.api.metric_server_error(period=Duration.minutes(5))
        why = "Segue: the web entrance answers 5xx, so senders try again later"
        ring(self, "Refuses", refused, why=why)
        posted = ("/events", "/v1/{call}", "/webhooks/{source}")
        self.open(self.receiver, HttpMethod.POST, *posted)
        asked = ("/v1/projects/{key}/settings", "/webhooks/{source}")
        self.open(self.receiver, HttpMethod.GET, *asked)
        self.open(self.receiver, HttpMethod.HEAD, "/webhooks/{source}")

    def open(self, to: HubFunction, method: HttpMethod, *paths: str, most: int = 0) -> None:
        """`most`: how many calls a second each path lets in, and twice as many in a burst; what is
        more is answered 429."""
        integration = HttpLambdaIntegration("Integration", to.function)
        for path in paths:
            routes = self.api.add_routes(path=path, methods=[method], integration=integration)
            if most:
                self._throttle(f"{method.value} {path}", most, routes)

    def _throttle(self, route: str, most: int, routes: list[HttpRoute]) -> None:
        """A stage names only routes that are there before it."""
        stage = self.api.default_stage.node.default_child if self.api.default_stage else None
        if isinstance(stage, CfnStage):
            limits = {"ThrottlingBurstLimit": 2 * most, "ThrottlingRateLimit": most}
            stage.add_property_override(f"RouteSettings.{route}", limits)
            for made in routes:
                stage.node.add_dependency(made)
