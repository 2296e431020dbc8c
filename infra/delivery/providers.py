"""The channels there are, each with what its provider needs and nothing of the others'."""

from functools import partial

from aws_cdk import CfnParameter, Stack
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Keyring
from infra.base.storage import bucket, table
from infra.delivery.channel import Actions, Channel
from infra.delivery.connector_channels import served
from infra.delivery.warehouse_table import WarehouseTable
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.profile.customer_tables import CustomerState
from infra.publishing.catalogue import Catalogue

# Waits double up to 15 minutes, so a provider may be down for a day before its actions are dead.
RECEIVES = 100


class Providers(Construct):
    """E-mail by SES, texts and mobile push by SNS, calls by the call centre's HTTP API or by Amazon
    Connect, the warehouse by files in a bucket; all other systems by connectors, which may take
    e-mail and texts over too. `channels` are those that are deployed, by construct id: the stack's
    outputs name the queue and the function of each."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        actions: Actions,
        bus: HubBus,
        catalogue: Catalogue,
        keyring: Keyring,
        public_url: str,
        records: Records,
        sender: CfnParameter,
        state: CustomerState,
    ) -> None:
        super().__init__(scope, id_)
        channel = partial(
            Channel, self, ground=ground, actions=actions, bus=bus, state=state, records=records
        )
        self.warehouse_files = bucket(self, "WarehouseFiles", ground=ground)
        self.warehouse_table = WarehouseTable(self, "WarehouseTable", files=self.warehouse_files)
        linked = {"LINK_KEYS": keyring.links, "PUBLIC_URL": public_url}
        serving = served(self.node)
        self.email = self.sms = None
        if "email" not in serving:
            mailing = {"SENDER": sender.value_as_string, **linked, **catalogue.published}
            self.email = channel("Email", channel="email", name="send_email", environment=mailing)
        if "sms" not in serving:
            self.sms = channel(
                "Sms", channel="sms", name="send_sms", environment=catalogue.published
            )
        self.throttles = table(self, "Throttles", ground=ground, key="name")
        self.connectors = channel(
            "Connectors",
            channel="connector",
            also=list(serving),
            name="call_endpoint",
            receives=RECEIVES,
            at_a_time=1,
            environment={
                "CONNECTOR_SECRETS": keyring.connectors,
                "CONNECTOR_TOKENS": keyring.tokens,
                "EGRESS": ground.egress,
                "SERVING": " ".join(f"{name}={by}" for name, by in serving.items()),
                "THROTTLES_TABLE": self.throttles.table_name,
                **linked,
                **catalogue.published,
            },
        )
        self.push = channel(
            "Push", channel="push", name="send_push", environment=catalogue.published
        )
        self.call = channel(
            "Call",
            channel="call",
            name="dispatch_call",
            environment={
                "CALL_CENTRE": self._flow or "http",
                "CONNECTOR_SECRETS": keyring.connectors,
                "EGRESS": ground.egress,
                **catalogue.published,
            },
        )
        self.warehouse = channel(
            "Warehouse",
            channel="warehouse",
            name="append_warehouse",
            environment={"WAREHOUSE_BUCKET": self.warehouse_files.bucket_name},
        )
        deployed = (self.connectors, self.push, self.call, self.warehouse, self.email, self.sms)
        self.channels = {made.node.id: made for made in deployed if made}
        self._grant(catalogue, keyring, sender)

    @property
    def _flow(self) -> str:
        """The flow of Amazon Connect that calls are tasks of: `-c connect_flow=arn:...`."""
        return str(self.node.try_get_context("connect_flow") or "")

    def _grant(self, catalogue: Catalogue, keyring: Keyring, sender: CfnParameter) -> None:
        chosen = filter(None, (self.email, self.sms))
        for spoken in (*chosen, self.push, self.call, self.connectors):
            catalogue.let_load(spoken.actor)
        if self.email:
            let_mail(self.email.actor, sender, "ses:SendEmail")
        self._let_publish()
        calling = self.connectors.actor
        calling.may("secretsmanager:GetSecretValue", on=[keyring.connectors, keyring.tokens])
        calling.may("secretsmanager:PutSecretValue", on=keyring.tokens)
        calling.may("dynamodb:GetItem", "dynamodb:PutItem", on=self.throttles.table_arn)
        linking = self.email.actor if self.email else calling
        linking.may("secretsmanager:GetSecretValue", on=keyring.links)
        self.call.actor.may("secretsmanager:GetSecretValue", on=keyring.connectors)
        if self._flow:
            instance, _, _ = self._flow.partition("/contact-flow/")
            tasks = [self._flow, f"{instance}/contact/*"]
            self.call.actor.may("connect:StartTaskContact", "connect:StopContact", on=tasks)
        self.warehouse.actor.may("s3:PutObject", on=self.warehouse_files.arn_for_objects("*"))

    def _let_publish(self) -> None:
        """Texts to what has no ARN, which is telephones; pushes to apps on devices, which AWS names
        `endpoint/...` and the emulator `app/...`. Never to a topic: that would tell everybody."""
        named = partial(Stack.of(self).format_arn, service="sns", resource_name="*")
        anything = Stack.of(self).format_arn(service="sns", region="*", account="*", resource="*")
        if self.sms:
            self.sms.actor.may_outside("sns:Publish", of=anything)
        self.push.actor.may("sns:Publish", on=[named(resource="endpoint"), named(resource="app")])


def let_mail(function: HubFunction, sender: CfnParameter, *actions: str) -> None:
    """From the one address. SES also asks for the recipient's identity where that is verified in
    the same account, as in its sandbox, and for the sender's configuration set."""
    may_use = [
        Stack.of(function).format_arn(service="ses", resource=kind, resource_name="*")
        for kind in ("identity", "configuration-set")
    ]
    only_from = {"StringEquals": {"ses:FromAddress": sender.value_as_string}}
    function.may(*actions, on=may_use, only=only_from)
