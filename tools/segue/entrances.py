"""Sends payloads to the hub's entrances: a signed webhook, a dropped file, or an event on a bus."""

import json
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3

from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.safe_id import to_opaque_id
from tools.segue import local_secrets, sources
from tools.segue.credentials import generate
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.sources import Source
from tools.segue.webhook_request import build_request
from tools.segue.webhook_signatures import signed

DEFAULT_WEBHOOK = {"scheme": "standard-webhooks"}
"""How to post for a source that is unknown or has no webhooks."""

FIXED_PATHS = {"tracking": "/v1/batch", "cloud-event": "/events"}
"""Entrances whose address does not name the source."""


@dataclass(frozen=True, slots=True)
class EntranceResponse:
    """An entrance's response: an HTTP status and its body, or the place of a dropped file."""

    status: int
    body: Any
    delivery_id: str = ""

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's success

    def to_dict(self) -> dict[str, Any]:
        return {"status": self.status, "body": self.body, "delivery_id": self.delivery_id}


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """How to send. `timestamp` and `bad_signature` are for trying refusals. `key` is the suffix of
    the secrets to sign with, such as `server`."""

    delivery_id: str = ""
    timestamp: datetime | None = None
    bad_signature: bool = False
    key: str = ""


def read_payload(place: str) -> bytes:
    """Return the bytes of a file, or of the standard input for `-`."""
    if place == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise UserError(f"{place} cannot be read: {error.strerror}.") from error


def post_webhook(hub: Hub, source: str, body: bytes, posting: WebhookOptions) -> EntranceResponse:
    """Post in the vendor's own form, signed with the source's newest secret."""
    webhook = read_webhook_definition(source)
    secret = (
        generate(webhook.scheme).private
        if posting.bad_signature
        else read_newest_secret(hub, source, posting.key)
    )
    delivery_id = posting.delivery_id or f"msg_{uuid.uuid4().hex}"
    signing = Signing(webhook, secret, delivery_id, posting.timestamp or datetime.now(UTC))
    path = FIXED_PATHS.get(webhook.body, f"/webhooks/{source}")
    try:
        sent = signed(build_request(webhook, body, hub.public_url + path, delivery_id), signing)
    except ValueError as wrong:
        raise UserError(f"This cannot be signed as {webhook.scheme}: {wrong}.") from wrong
    return _send_request(f"{hub.api}{path}", sent, delivery_id)


def name_event(source: str, delivery_id: str) -> str:
    """Return the id of the event of a payload, by the delivery id that the hub's answer has."""
    is_digest = delivery_id.startswith("sha256-")
    return f"{source}:{delivery_id if is_digest else to_opaque_id(delivery_id)}"


def _send_request(address: str, sent: SignedRequest, delivery_id: str) -> EntranceResponse:
    """Send the request to `address`. A vendor may sign another address than that of a local hub."""
    _, mark, query = sent.url.partition("?")
    try:
        answer = urllib3.request(
            sent.method,
            address + mark + query,
            body=sent.body,
            headers=sent.headers,
            redirect=False,
            retries=False,
            timeout=30,
        )
    except urllib3.exceptions.HTTPError as error:
        raise UserError(f"The entrance did not answer: {type(error).__name__}.") from error
    return EntranceResponse(answer.status, parse_body(answer.data), delivery_id)


def read_webhook_definition(source: str) -> WebhookDefinition:
    known_source = sources.read_sources().get(source)
    return WebhookDefinition.from_dict(
        (known_source.definition.get("webhook") if known_source else None) or DEFAULT_WEBHOOK
    )


def read_newest_secret(hub: Hub, source: str, key: str = "") -> str:
    """Return what the sender signs with: the secret, or the private key to what the hub has.

    With `key`, it is the secret of that name beside the source's own."""
    name = f"{source}.{key}" if key else source
    secrets = local_secrets.read_secret(hub, "SourceSecretsArn").get(name)
    if not secrets:
        raise UserError(f"There is no secret {name!r} in Secrets Manager yet.")
    newest = secrets if isinstance(secrets, str) else str(secrets[0])
    if read_webhook_definition(source).scheme != "sendgrid":
        return newest
    if newest not in (keys := local_secrets.read_senders_keys(hub)):
        raise UserError(f"Only the vendor can sign for {source!r}: the hub has its public key.")
    return str(keys[newest])


def parse_body(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def put_bus_event(hub: Hub, source: Source, body: bytes) -> EntranceResponse:
    """Put an event on a bus, as AWS or a partner would.

    Nobody else may use their names, so it works on the emulator only, which has names of its own
    (see `infra.deployment`).
    """
    if not hub.endpoint:
        raise UserError(f"Only AWS itself puts events of {source.name!r} on a bus.")
    bus = hub.output(source.partner_bus) if source.partner_bus else "default"
    try:
        event = json.loads(body)
        source_name, name = f"emulated.{event['source']}", event["detail-type"]
        detail = json.dumps(event["detail"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise UserError("This is no event of EventBridge: source, detail-type, detail.") from wrong
    answer = hub.events.put_events(
        Entries=[{"EventBusName": bus, "Source": source_name, "DetailType": name, "Detail": detail}]
    )
    taken = answer["Entries"][0]
    if "ErrorCode" in taken:
        return EntranceResponse(400, taken.get("ErrorMessage", taken["ErrorCode"]))
    return EntranceResponse(200, {"bus": bus, "id": taken["EventId"]}, taken["EventId"])


def drop_file(hub: Hub, source: Source, place: str, name: str) -> EntranceResponse:
    """Put the file where `receive_file` looks: `<source>/<name>`. Its result appears beside it."""
    called = name or (
        Path(place).name if place != "-" else f"{uuid.uuid4().hex}{source.file_endings[0]}"
    )
    key = f"{source.name}/{called}"
    hub.s3.put_object(Bucket=hub.output("FilesBucket"), Key=key, Body=read_payload(place))
    return EntranceResponse(200, {"bucket": hub.output("FilesBucket"), "key": key}, key)
