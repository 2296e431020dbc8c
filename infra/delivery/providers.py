"""All channels, each with access to its own provider only."""

from functools import partial

from aws_cdk import CfnParameter, Stack
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Secrets
from infra.base.storage import create_bucket, create_table
from infra.delivery.channel import ActionChannel, ActionTopic
from infra.delivery.connector_channels import assign_connectors
from infra.delivery.warehouse_table import WarehouseTable
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.profile.customer_tables import CustomerTables
from infra.publishing.catalogue import Catalogue

# Waits double up to 15 minutes, so a provider may be down for a day before actions are dead.
MAX_RECEIVES = 100


class Providers(Construct):
    """E-mail by SES, text messages and mobile push by SNS, calls by HTTP or Amazon Connect.

    The warehouse is a bucket of files. Connectors serve all other systems, and can take over e-mail
    and text messages. `channels` holds the deployed ones by construct id. The stack's outputs name
    the queue and the function of each.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        actions: ActionTopic,
        bus: HubBus,
        catalogue: Catalogue,
        secrets: Secrets,
        public_url: str,
        records: DecisionRecords,
        sender: CfnParameter,
        customer_tables: CustomerTables,
    ) -> None:
        super().__init__(scope, id_)
        channel = partial(
            ActionChannel,
            self,
            deployment=deployment,
            actions=actions,
            bus=bus,
            customer_tables=customer_tables,
            records=records,
        )
        self.warehouse_files = create_bucket(self, "WarehouseFiles", deployment=deployment)
        self.warehouse_table = WarehouseTable(self, "WarehouseTable", files=self.warehouse_files)
        linked = {"LINK_KEYS": secrets.link_key, "PUBLIC_URL": public_url}
        serving = assign_connectors(self.node)
        self.email = self.sms = None
        if "email" not in serving:
            mailing = {"SENDER": sender.value_as_string, **linked, **catalogue.published}
            self.email = channel(
                "Email", channel="email", function="send_email", environment=mailing
            )
        if "sms" not in serving:
            self.sms = channel(
                "Sms", channel="sms", function="send_sms", environment=catalogue.published
            )
        self.throttles = create_table(self, "Throttles", deployment=deployment, key="name")
        self.connectors = channel(
            "Connectors",
            channel="connector",
            other_channels=list(serving),
            function="call_endpoint",
            max_receives=MAX_RECEIVES,
            batch=1,
            environment={
                "CONNECTOR_SECRETS": secrets.connectors,
                "CONNECTOR_TOKENS": secrets.tokens,
                "EGRESS": deployment.egress,
                "SERVING": " ".join(f"{name}={by}" for name, by in serving.items()),
                "THROTTLES_TABLE": self.throttles.table_name,
                **linked,
                **catalogue.published,
            },
        )
        self.push = channel(
            "Push", channel="push", function="send_push", environment=catalogue.published
        )
        self.call = channel(
            "Call",
            channel="call",
            function="dispatch_call",
            environment={
                "CALL_CENTRE": self._connect_flow or "http",
                "CONNECTOR_SECRETS": secrets.connectors,
                "EGRESS": deployment.egress,
                **catalogue.published,
            },
        )
        self.warehouse = channel(
            "Warehouse",
            channel="warehouse",
            function="append_warehouse",
            environment={"WAREHOUSE_BUCKET": self.warehouse_files.bucket_name},
            has_keyed_addresses=False,
        )
        deployed = (self.connectors, self.push, self.call, self.warehouse, self.email, self.sms)
        self.channels = {channel.node.id: channel for channel in deployed if channel}
        self._grant_access(catalogue, secrets, sender)

    @property
    def _connect_flow(self) -> str:
        """The flow of Amazon Connect for call tasks: `-c connect_flow=arn:...`."""
        return str(self.node.try_get_context("connect_flow") or "")

    def _grant_access(self, catalogue: Catalogue, secrets: Secrets, sender: CfnParameter) -> None:
        chosen = filter(None, (self.email, self.sms))
        for spoken in (*chosen, self.push, self.call, self.connectors):
            catalogue.grant_loading(spoken.function)
        if self.email:
            grant_sending_mail(self.email.function, sender, "ses:SendEmail")
        self._grant_publishing()
        calling = self.connectors.function
        calling.allow("secretsmanager:GetSecretValue", on=[secrets.connectors, secrets.tokens])
        calling.allow("secretsmanager:PutSecretValue", on=secrets.tokens)
        calling.allow("dynamodb:GetItem", "dynamodb:PutItem", on=self.throttles.table_arn)
        linking = self.email.function if self.email else calling
        linking.allow("secretsmanager:GetSecretValue", on=secrets.link_key)
        self.call.function.allow("secretsmanager:GetSecretValue", on=secrets.connectors)
        if self._connect_flow:
            instance, _, _ = self._connect_flow.partition("/contact-flow/")
            tasks = [self._connect_flow, f"{instance}/contact/*"]
            self.call.function.allow("connect:StartTaskContact", "connect:StopContact", on=tasks)
        self.warehouse.function.allow("s3:PutObject", on=self.warehouse_files.arn_for_objects("*"))

    def _grant_publishing(self) -> None:
        """Allow text messages to telephones, which have no ARN, and pushes to apps.

        AWS names an app `endpoint/...`, the emulator `app/...`. A topic is never allowed, because
        a message to it would reach all its subscribers.
        """
        named = partial(Stack.of(self).format_arn, service="sns", resource_name="*")
        anything = Stack.of(self).format_arn(service="sns", region="*", account="*", resource="*")
        if self.sms:
            self.sms.function.allow_outside("sns:Publish", of=anything)
        self.push.function.allow(
            "sns:Publish", on=[named(resource="endpoint"), named(resource="app")]
        )


def grant_sending_mail(function: HubFunction, sender: CfnParameter, *actions: str) -> None:
    """Allow mail from the one address.

    SES also checks the recipient's identity where it is verified in the same account, as in the
    sandbox, and the sender's configuration set.
    """
    may_use = [
        Stack.of(function).format_arn(service="ses", resource=kind, resource_name="*")
        for kind in ("identity", "configuration-set")
    ]
    only_from = {"StringEquals": {"ses:FromAddress": sender.value_as_string}}
    function.allow(*actions, on=may_use, only=only_from)
