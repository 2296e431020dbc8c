"""E-mail through SES, which drops no repeats: what may have been sent is never sent again."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from hub.adapters.aws import sesv2, translation
from hub.adapters.text import token
from hub.domain.errors import HubError, Uncertain

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, ContentTypeDef

_BEFORE_SENDING = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)


class Mail:
    """`hub.ports.Mail` on SES, from the address `sender`."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, to: str, parts: Mapping[str, str], action_id: str) -> str:
        try:
            answer = sesv2().send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {"Subject": _utf8(parts.get("subject", "")), "Body": _body(parts)}
                },
                EmailTags=[{"Name": "action_id", "Value": token(action_id)}],
            )
        except (ClientError, BotoCoreError) as error:
            raise _meaning(error) from error
        return answer["MessageId"]


def _meaning(error: ClientError | BotoCoreError) -> HubError:
    """A refusal, or a fault before anything was sent, sent nothing; all else may have."""
    if isinstance(error, _BEFORE_SENDING):
        return translation(error)
    if not isinstance(error, ClientError):
        return Uncertain(f"SES: {type(error).__name__}")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return translation(error)
    return Uncertain(f"SES answered {status}")


def _body(parts: Mapping[str, str]) -> "BodyTypeDef":
    body: BodyTypeDef = {}
    if parts.get("text"):
        body["Text"] = _utf8(parts["text"])
    if parts.get("html"):
        body["Html"] = _utf8(parts["html"])
    return body


def _utf8(text: str) -> "ContentTypeDef":
    return {"Data": text, "Charset": "UTF-8"}
