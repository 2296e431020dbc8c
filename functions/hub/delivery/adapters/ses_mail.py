"""E-mail through SES, which drops no repeats: what may have been sent is never sent again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.delivery.adapters.at_most_once import sending
from hub.platform.adapters.aws_clients import sesv2
from hub.platform.adapters.aws_text import token

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, ContentTypeDef

_NO_HEADERS: Mapping[str, str] = {}


class Mail:
    """`hub.delivery.ports.Mail` on SES, from the address `sender`."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    @sending("SES")
    def send(
        self,
        to: str,
        parts: Mapping[str, str],
        action_id: str,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> str:
        answer = sesv2().send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": _utf8(parts.get("subject", "")),
                    "Body": _body(parts),
                    "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
                }
            },
            EmailTags=[{"Name": "action_id", "Value": token(action_id)}],
        )
        return answer["MessageId"]


def _body(parts: Mapping[str, str]) -> "BodyTypeDef":
    body: BodyTypeDef = {}
    if parts.get("text"):
        body["Text"] = _utf8(parts["text"])
    if parts.get("html"):
        body["Html"] = _utf8(parts["html"])
    return body


def _utf8(text: str) -> "ContentTypeDef":
    return {"Data": text, "Charset": "UTF-8"}
