"""E-mail through SES. SES has no idempotency key: what may have been sent is not sent again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.delivery.adapters.at_most_once import translate_send_errors
from hub.platform.adapters.aws_clients import sesv2
from hub.platform.adapters.aws_text import to_aws_name

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, ContentTypeDef

_NO_HEADERS: Mapping[str, str] = {}


class Mail:
    """`hub.delivery.ports.Mail` on SES, from the address `sender`."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    @translate_send_errors("SES")
    def send(
        self,
        to: str,
        parts: Mapping[str, str],
        action_id: str,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> str:
        response = sesv2().send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": _to_utf8_content(parts.get("subject", "")),
                    "Body": _build_body(parts),
                    "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
                }
            },
            EmailTags=[{"Name": "action_id", "Value": to_aws_name(action_id)}],
        )
        return response["MessageId"]


def _build_body(parts: Mapping[str, str]) -> "BodyTypeDef":
    body: BodyTypeDef = {}
    if parts.get("text"):
        body["Text"] = _to_utf8_content(parts["text"])
    if parts.get("html"):
        body["Html"] = _to_utf8_content(parts["html"])
    return body


def _to_utf8_content(text: str) -> "ContentTypeDef":
    return {"Data": text, "Charset": "UTF-8"}
