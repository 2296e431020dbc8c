"""Payloads through the real entrances: a signed webhook, or a file dropped in the bucket."""

import json
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3

from hub.domain.signature import sign
from tools.segue import equip
from tools.segue.home import ToldError
from tools.segue.hub import Hub
from tools.segue.sources import Source

STRANGER = "whsec_" + "c2VndWUtc3RyYW5nZXItc2VndWUtc3RyYW5nZXI="


@dataclass(frozen=True, slots=True)
class Answer:
    """What an entrance said: an HTTP status and its body, or the place of a dropped file."""

    status: int
    body: Any
    delivery_id: str = ""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's success

    def to_dict(self) -> dict[str, Any]:
        return {"status": self.status, "body": self.body, "delivery_id": self.delivery_id}


@dataclass(frozen=True, slots=True)
class Posting:
    """How to send: `timestamp` and `bad_signature` are for trying what the entrance refuses."""

    delivery_id: str = ""
    timestamp: datetime | None = None
    bad_signature: bool = False


def payload(place: str) -> bytes:
    """The bytes of a file, or of the standard input for `-`."""
    if place == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise ToldError(f"{place} cannot be read: {error.strerror}.") from error


def post(hub: Hub, source: str, body: bytes, posting: Posting) -> Answer:
    """Signed by Standard Webhooks with the source's newest secret."""
    delivery_id = posting.delivery_id or f"msg_{uuid.uuid4().hex}"
    secret = STRANGER if posting.bad_signature else newest_secret(hub, source)
    headers = sign(secret, delivery_id, posting.timestamp or datetime.now(UTC), body)
    try:
        answer = urllib3.request(
            "POST",
            f"{hub.api}/webhooks/{source}",
            body=body,
            headers={**headers, "content-type": "application/json"},
            redirect=False,
            retries=False,
            timeout=30,
        )
    except urllib3.exceptions.HTTPError as error:
        raise ToldError(f"The entrance did not answer: {type(error).__name__}.") from error
    return Answer(answer.status, said(answer.data), delivery_id)


def newest_secret(hub: Hub, source: str) -> str:
    found = equip.read(hub, "SourceSecretsArn").get(source)
    if not found:
        raise ToldError(f"The source {source!r} has no secret in Secrets Manager yet.")
    return found if isinstance(found, str) else str(found[0])


def said(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def drop(hub: Hub, source: Source, place: str, name: str) -> Answer:
    """Where `receive_file` looks: `<source>/<name>`. What becomes of it is told beside it."""
    called = name or (Path(place).name if place != "-" else f"{uuid.uuid4().hex}{source.ending}")
    key = f"{source.name}/{called}"
    hub.s3.put_object(Bucket=hub.output("FilesBucket"), Key=key, Body=payload(place))
    return Answer(200, {"bucket": hub.output("FilesBucket"), "key": key}, key)
