"""Errors of providers without an idempotency key: what may have been sent is not sent again."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from hub.kernel.errors import HubError, Rejected, Uncertain
from hub.platform.adapters.aws_clients import to_hub_error

_BEFORE_SENDING = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)


@contextmanager
def translate_send_errors(service: str, rejected_codes: Collection[str] = ()) -> Iterator[None]:
    """Turns what boto3 raises into the errors of `hub.delivery.ports.DeliveryChannel.deliver`.

    The reason names the `service`. `rejected_codes` are codes that mean `Rejected` for this
    service, besides those that do for all. This is a decorator too.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _translate_error(service, error, rejected_codes) from error


def _translate_error(
    service: str, error: ClientError | BotoCoreError, rejected_codes: Collection[str]
) -> HubError:
    """A refusal, or a fault before the request was sent, had no effect. Any other error is
    `Uncertain`."""
    if isinstance(error, _BEFORE_SENDING):
        return to_hub_error(error)
    if not isinstance(error, ClientError):
        return Uncertain(f"{service}: {type(error).__name__}")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Uncertain(f"{service} answered {status}")
    code = error.response["Error"]["Code"]
    return Rejected(f"{service}: {code}") if code in rejected_codes else to_hub_error(error)
