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
from aws_cdk.aws_events import EventPattern
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base.alarms import ring
from infra.base.event_bus import Delivery, HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Keyring
from infra.base.storage import bucket
from infra.base.work_queue import WorkQueue
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


OUR_OWN = [".manifest.json", ".quarantine.jsonl", ".reconciliation.json"]
"""How the names end of what the hub itself puts beside a file."""


class FileDoor(Construct):
    """A bucket: every file dropped into it becomes events, a row each.

    It goes on only as fast as `events` and `customers` are worked off, so that live events need not
    wait for its end. A file that takes longer than a function may is handed on through its own
    queue. That is a loop by design, which Lambda would otherwise cut after sixteen rounds:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        events: WorkQueue,
        customers: WorkQueue,
    ) -> None:
        super().__init__(scope, id_)
        self.files = bucket(self, "Files", ground=ground, keep=Duration.days(90), announces=True)
        self.work = WorkQueue(self, "Work", ground=ground, worker="receive_file", batch=1)
        Delivery(
            self,
            "Dropped",
            pattern=EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self.files.bucket_name]},
                    "object": {"key": [{"anything-but": {"suffix": OUR_OWN}}]},
                },
            ),
            to=self.work,
        )
        self.receiver = HubFunction(
            self,
            "ReceiveFile",
            name="receive_file",
            ground=ground,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "FILES_BUCKET": self.files.bucket_name,
                "RETRY_QUEUE_URL": self.work.queue.queue_url,
                "EVENTS_QUEUE_URL": events.queue.queue_url,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                **self.work.environment,
            },
        )
        self.receiver.works_off(self.work)
        self.receiver.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.receiver.may(
            "s3:AbortMultipartUpload",
            "s3:GetObject",
            "s3:PutObject",
            on=self.files.arn_for_objects("*"),
        )
        self.receiver.may("sqs:SendMessage", on=self.work.queue.queue_arn)
        for ahead in (events, customers):
            self.receiver.may("sqs:GetQueueAttributes", on=ahead.queue.queue_arn)
        self.receiver.may_call_itself()
        # Without it, asking for a file that is gone is answered 403 instead of 404.
        self.receiver.may("s3:ListBucket", on=self.files.bucket_arn)
