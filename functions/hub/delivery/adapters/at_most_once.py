"""Providers that drop no repeats: what may have been sent is never sent again."""

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
def translate_send_errors(service: str, never: Collection[str] = ()) -> Iterator[None]:
    """Turns what boto3 raises into the hub's errors, as `hub.delivery.ports.Channel.deliver` has
    them.

    `never` are error codes that reject, beside those that do so everywhere; `service` is who is
    named in the reason. Serves as a decorator too.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _translate_error(service, error, never) from error


def _translate_error(
    service: str, error: ClientError | BotoCoreError, never: Collection[str]
) -> HubError:
    """A refusal, or a fault before anything was sent, sent nothing; all else may have."""
    if isinstance(error, _BEFORE_SENDING):
        return to_hub_error(error)
    if not isinstance(error, ClientError):
        return Uncertain(f"{service}: {type(error).__name__}")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Uncertain(f"{service} answered {status}")
    code = error.response["Error"]["Code"]
    return Rejected(f"{service}: {code}") if code in never else to_hub_error(error)
