"""Sources over HTTP. A request is verified and stored durably before it is acknowledged."""

from itertools import groupby

from aws_cdk import Duration
from aws_cdk.aws_apigatewayv2 import (
    CfnStage,
    HttpApi,
    HttpMethod,
    HttpRoute,
)
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base.alarms import create_alarm
from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Secrets
from infra.deployment import Deployment
from infra.http_routes import RouteDefinition, read_routes

MANY_REFUSALS = 1000
"""Answers 4xx in five minutes: a vendor with an old secret sends fewer, and so do lost browsers."""


class WebApi(Construct):
    """Webhooks signed by their source, the Segment tracking API, and CloudEvents.

    Other constructs open routes to functions of their own.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        claim_checks: Bucket,
        secrets: Secrets,
    ) -> None:
        super().__init__(scope, id_)
        self.receiver = HubFunction(
            self,
            "ReceiveWebhook",
            name="receive_webhook",
            deployment=deployment,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CLAIMS_BUCKET": claim_checks.bucket_name,
                "SOURCE_SECRETS": secrets.sources,
            },
        )
        self.receiver.allow("events:PutEvents", on=bus.bus.event_bus_arn)
        self.receiver.allow("s3:PutObject", on=claim_checks.arn_for_objects("*"))
        self.receiver.allow("secretsmanager:GetSecretValue", on=secrets.sources)
        self.api = HttpApi(
            self,
            "Api",
            description="Segue: webhooks, tracking, CloudEvents",
        )
        server_errors = self.api.metric_server_error(period=Duration.minutes(5))
        description = "Segue: the web entrance answers 5xx, so senders try again later"
        create_alarm(self, "Refuses", server_errors, description=description)
        refusals = self.api.metric_client_error(period=Duration.minutes(5))
        create_alarm(
            self,
            "Refused",
            refusals,
            description="Segue: the web entrance refuses many requests: somebody guesses or floods",
            threshold=MANY_REFUSALS,
        )
        self.open_routes(self.receiver)

    def open_routes(self, to: HubFunction) -> None:
        """Open the routes of `schemas/http` that this function answers.

        Neighbours that have the same method and limit share an integration. The API has no CORS
        rules of its own, because they would hold for all routes: the functions answer preflights.
        """
        routes = [route for route in read_routes() if route.function == to.name]
        for _, alike in groupby(routes, key=lambda route: (route.method, route.calls_per_second)):
            integration = HttpLambdaIntegration("Integration", to.function)
            for route in alike:
                methods = [HttpMethod[method] for method in route.methods]
                added = self.api.add_routes(
                    path=route.path, methods=methods, integration=integration
                )
                if route.calls_per_second:
                    self._throttle(route, added)

    def _throttle(self, route: RouteDefinition, added: list[HttpRoute]) -> None:
        """Limit the calls of a route, with twice as many in a burst. More are answered 429.

        A stage may name existing routes only.
        """
        stage = self.api.default_stage.node.default_child if self.api.default_stage else None
        if isinstance(stage, CfnStage):
            most = route.calls_per_second
            limits = {"ThrottlingBurstLimit": 2 * most, "ThrottlingRateLimit": most}
            for method in route.methods:
                stage.add_property_override(f"RouteSettings.{method} {route.path}", limits)
            for each in added:
                stage.node.add_dependency(each)
