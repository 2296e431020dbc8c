"""AWS's clients, each made once on first use, and the hub's errors for AWS's errors.

The translation reads error codes and never messages, because messages may quote an address.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from hub.kernel.errors import Conflict, HubError, Rejected, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)
_ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})
_CONFLICTS = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "ConditionalRequestConflict",
        "ConflictException",
        "PreconditionFailed",
        "TransactionConflict",
        "TransactionConflictException",
    }
)
_REJECTIONS = frozenset(
    {
        "404",
        "BadRequestException",
        "BatchRequestTooLong",
        "EntityTooLarge",
        "InvalidMessageContents",
        "InvalidParameter",
        "InvalidParameterValue",
        "ItemCollectionSizeLimitExceededException",
        "KeyTooLongError",
        "MessageRejected",
        "NoSuchKey",
        "ValidationError",
        "ValidationException",
    }
)


@cache
def amazon_connect() -> "ConnectClient":
    """Tries once, because a call centre that hangs must leave time for the other messages."""
    return boto3.client("connect", config=_CONFIG.merge(_ONCE))


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def events() -> "EventBridgeClient":
    return boto3.client("events", config=_CONFIG)


@cache
def s3() -> "S3Client":
    return boto3.client("s3", config=_CONFIG)


@cache
def scheduler() -> "EventBridgeSchedulerClient":
    return boto3.client("scheduler", config=_CONFIG)


@cache
def secretsmanager() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=_CONFIG)


@cache
def sesv2() -> "SESV2Client":
    """Tries once: botocore would repeat an interrupted call and send the mail twice."""
    return boto3.client("sesv2", config=_CONFIG.merge(_ONCE))


@cache
def sns() -> "SNSClient":
    return boto3.client("sns", config=_CONFIG)


@cache
def sns_once() -> "SNSClient":
    """Tries once, as `sesv2` does, for texts and pushes."""
    return boto3.client("sns", config=_CONFIG.merge(_ONCE))


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=_CONFIG)


def translate_codes(operation: str, codes: Collection[str]) -> HubError:
    """Makes the hub's error for AWS error codes. An unknown code may pass with time."""
    reason = f"{operation}: {', '.join(sorted(codes))}"
    if not _REJECTIONS.isdisjoint(codes):
        return Rejected(reason)
    return Unavailable(reason) if _CONFLICTS.isdisjoint(codes) else Conflict(reason)


def to_hub_error(error: ClientError | BotoCoreError) -> HubError:
    """Makes the hub's error for one of boto3's."""
    if isinstance(error, ClientError):
        return translate_codes(error.operation_name, {error.response["Error"]["Code"]})
    if isinstance(error, ParamValidationError):
        return Rejected("AWS does not accept a parameter")
    return Unavailable(type(error).__name__)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turns boto3's errors into the hub's errors; also serves as a decorator."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise to_hub_error(error) from error
