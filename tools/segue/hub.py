"""A connected hub: its outputs and AWS clients, on this machine or in an account."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from tools.segue import emulator
from tools.segue.local_home import Home, UserError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.service_resource import DynamoDBServiceResource, Table
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

NO_HUB = "No hub is running here: start one with `segue up`."


class Hub:
    """`outputs` are the stack's; `endpoint` is the emulator's address, empty in an account."""

    def __init__(
        self, outputs: Mapping[str, str], session: boto3.Session, endpoint: str = ""
    ) -> None:
        self.outputs, self.session, self.endpoint = outputs, session, endpoint
        local = Config(proxies={}, parameter_validation=True) if endpoint else Config()
        self._client_options: dict[str, Any] = {"endpoint_url": endpoint or None, "config": local}

    def output(self, name: str) -> str:
        if name not in self.outputs:
            raise UserError(f"The stack has no output {name}: deploy this version of it first.")
        return self.outputs[name]

    @property
    def api(self) -> str:
        """The address of the web API, without a slash at its end."""
        if not self.endpoint:
            return self.output("ApiUrl").rstrip("/")
        return f"{self.endpoint}/_aws/execute-api/{self.output('ApiId')}/$default"

    @property
    def public_url(self) -> str:
        """The address of the web API as the hub sees it. Some vendors sign it."""
        return (
            f"https://{self.output('ApiId')}.execute-api.localhost" if self.endpoint else self.api
        )

    @cached_property
    def dynamodb(self) -> "DynamoDBServiceResource":
        return self.session.resource("dynamodb", **self._client_options)

    @cached_property
    def items(self) -> "DynamoDBClient":
        """DynamoDB with typed items, as the hub's own adapters use it."""
        return self.session.client("dynamodb", **self._client_options)

    @cached_property
    def events(self) -> "EventBridgeClient":
        return self.session.client("events", **self._client_options)

    @cached_property
    def functions(self) -> Any:
        return self.session.client("lambda", **self._client_options)

    @cached_property
    def gateway(self) -> Any:
        return self.session.client("apigatewayv2", **self._client_options)

    @cached_property
    def s3(self) -> "S3Client":
        return self.session.client("s3", **self._client_options)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return self.session.client("secretsmanager", **self._client_options)

    @cached_property
    def ses(self) -> "SESV2Client":
        return self.session.client("sesv2", **self._client_options)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self.session.client("sqs", **self._client_options)

    @cached_property
    def stacks(self) -> "CloudFormationClient":
        return self.session.client("cloudformation", **self._client_options)

    def table(self, name: str) -> "Table":
        """Return a table by the name in its output: `Customers`, `Decisions`, `Ledger` ..."""
        return self.dynamodb.Table(self.output(f"{name}Table"))


def connect_local_hub(home: Home) -> Hub:
    """Connect to the hub on this machine. Raises `UserError` if none is deployed."""
    record = home.read()
    if "outputs" not in record or not emulator.is_ready(record["port"]):
        raise UserError(NO_HUB)
    return Hub(record["outputs"], create_local_session(), record["endpoint"])


def create_local_session() -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=emulator.CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=emulator.CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=emulator.REGION,
    )


def connect_account_hub(stack: str, profile: str | None, region: str | None) -> Hub:
    """Connect to the hub of that stack, with the user's own credentials."""
    session = boto3.Session(profile_name=profile, region_name=region)
    described = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", ())}
    return Hub(outputs, session)
