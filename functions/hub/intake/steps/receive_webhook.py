"""Receives webhooks: publishes the payloads of a request, or refuses it and stores nothing.

The hub refuses only what the sender can correct: the signature, the size and the form. A later step
reads the content.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from hub.intake.domain import segment_tracking, webhook_challenge
from hub.intake.domain.content_encoding import unpack_body
from hub.intake.domain.signature import REFUSAL, verify
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.domain.webhook_definition import ApiResponse, ApiResponses, WebhookDefinition
from hub.intake.domain.webhook_payloads import WebhookPayload, read_payloads, take_field
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected, TooLarge, Unauthorized, Unavailable
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.tokens.visitor_token import parse_visitor_token
from hub.messaging.ports import Bus, ClaimCheck
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload
from hub.model.trust import Trust
from hub.platform.ports import Clock

LARGEST_BODY = 1024 * 1024
IDENTITY_SECRET = "identity"  # noqa: S105 - the name of a secret
"""The suffix of the secrets with which a site's server signs who a visitor is."""


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who sent a request. `signed_id` is the delivery id if the signature covers one.

    `key_trust` is the level of the key, if it is not that of the source. `public_key` is a digest
    of the key, if anybody may have it."""

    source: SourceDefinition
    webhook: WebhookDefinition
    signed_id: str
    key_trust: Trust | None = None
    public_key: str = ""


@dataclass(frozen=True, slots=True)
class _Proof:
    """The payload without its token, the identities that the token proves, or its fault."""

    payload: Json
    identities: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveWebhook:
    """The web entry points. `secrets` returns the live secrets by source, newest first."""

    sources: Callable[[str], SourceDefinition | None]
    secrets: Callable[[], JsonObject]
    claim_check: ClaimCheck
    bus: Bus
    clock: Clock

    def receive(self, source_name: str, request: SignedRequest) -> str | list[str] | ApiResponse:
        """Returns the delivery id, as it was sent, once the bus has the payload; a list if several.

        A vendor's challenge gets its answer. Raises `TooLarge`, `Unauthorized`, `Rejected` (not
        JSON, too deep ...) or `Unavailable`; only in the last case the bus may have some payloads.
        The signature covers the body as it was sent.
        """
        if len(request.body) > LARGEST_BODY:
            raise TooLarge(f"the body has more than {LARGEST_BODY} bytes")
        now = self.clock()
        sender = self._verify_sender(source_name, request, now)
        webhook = sender.webhook
        request = unpack_body(request, LARGEST_BODY)
        if answer := webhook_challenge.answer_signed_challenge(webhook.challenge, request.body):
            return answer
        payloads = read_payloads(webhook, request, sender.signed_id, now)
        self._publish([self._to_inbound_payload(sender, payload, now) for payload in payloads])
        ids = [payload.delivery_id for payload in payloads]
        return ids if webhook.has_several else ids[0]

    def answer_challenge(self, source_name: str, request: SignedRequest) -> ApiResponse:
        """Answers a vendor that checks whether this address is ours. Raises `Unauthorized`.

        The vendor's verify tokens are the secrets `<source>.challenge`.
        """
        source, secrets = self.sources(source_name), self.secrets()
        if source is None or source.webhook is None:
            raise Unauthorized(REFUSAL)
        live_secrets = _select_live_secrets(secrets, source_name)
        tokens = _select_live_secrets(secrets, f"{source_name}.challenge")
        scheme = source.webhook.challenge
        return webhook_challenge.answer_challenge(scheme, request, live_secrets, tokens)

    def find_custom_responses(self, source_name: str) -> ApiResponses:
        """The responses that the vendor of this source expects, by outcome."""
        source = self.sources(source_name)
        return source.webhook.answers if source and source.webhook else {}

    def read_tracking_settings(self, write_key: str, request: SignedRequest) -> dict[str, Json]:
        """Returns the settings that analytics.js loads first.

        Raises `Unauthorized`, also for the secret key of a server: it must not stand in a page.
        """
        request_with_key = replace(request, body=orjson.dumps({"writeKey": write_key}))
        now = self.clock()
        sender = self._verify_sender(segment_tracking.SEGMENT_SOURCE, request_with_key, now)
        if not sender.public_key:
            raise Unauthorized(REFUSAL)
        return segment_tracking.build_settings(write_key, request)

    def receive_cloud_events(self, request: SignedRequest) -> str | list[str] | ApiResponse:
        """Receives CloudEvents from the source whose key they have.

        Returns and raises the same as `receive`.
        """
        return self.receive(self._find_sender(request), request)

    def _find_sender(self, request: SignedRequest) -> str:
        for name in self.secrets():
            source = self.sources(name)
            if source and source.webhook and source.webhook.body == "cloud-event":
                with suppress(Unauthorized):
                    self._verify_sender(name, request, self.clock())
                    return name
        raise Unauthorized(REFUSAL)

    def _verify_sender(self, name: str, request: SignedRequest, now: datetime) -> _Sender:
        """Raises `Unauthorized` unless one of the keys of the source proves the sender."""
        source = self.sources(name)
        if source is None or source.webhook is None:
            raise Unauthorized(REFUSAL)
        webhook, secrets = source.webhook, self.secrets()
        own_secrets = _select_live_secrets(secrets, name)
        # A public key that somebody stored among the further keys too stays public.
        with suppress(Unauthorized):
            signed_id = verify(webhook, request, own_secrets, now)
            is_public = source.trust is Trust.PUBLIC
            key = _find_key(webhook, request, own_secrets, now) if is_public else ""
            return _Sender(source, webhook, signed_id, public_key=key)
        for suffix, trust in webhook.keys.items():
            with suppress(Unauthorized):
                further_secrets = _select_live_secrets(secrets, f"{name}.{suffix}")
                signed_id = verify(webhook, request, further_secrets, now)
                return _Sender(source, webhook, signed_id, key_trust=trust)
        raise Unauthorized(REFUSAL)

    def _to_inbound_payload(
        self, sender: _Sender, webhook_payload: WebhookPayload, now: datetime
    ) -> InboundPayload:
        source, proof = sender.source, self._take_proof(sender, webhook_payload.payload, now)
        payload, text, claim = proof.payload, webhook_payload.text, ""
        if payload is not webhook_payload.payload:
            text = orjson.dumps(payload)
        if max(len(text), len(orjson.dumps(payload))) > LARGEST_ON_BUS:
            payload = None
            claim = self.claim_check.put(f"{source.name}/{webhook_payload.id}", text)
        return InboundPayload(
            id=webhook_payload.id,
            source=source.name,
            received_at=now,
            correlation_id=f"{source.name}:{webhook_payload.id}",
            payload=payload,
            claim=claim,
            fault=fault.reason if (fault := webhook_payload.fault) else "",
            fault_field=fault.field if fault else "",
            trust=Trust.VOUCHED if proof.identities else sender.key_trust,
            key=sender.public_key,
            proven=proof.identities,
            proof_fault=proof.fault,
        )

    def _take_proof(self, sender: _Sender, payload: Json, now: datetime) -> _Proof:
        """Reads the token by which the site's server says who the person is, and removes it."""
        path = sender.webhook.identity_token
        token, rest = take_field(payload, path.split(".")) if path else (None, payload)
        if token is None or not sender.public_key:
            return _Proof(rest)
        secrets = _select_live_secrets(self.secrets(), f"{sender.source.name}.{IDENTITY_SECRET}")
        try:
            proof = parse_visitor_token(token, secrets, sender.source.name)
            proof.check_times(now)
            return _Proof(rest, proof.customer)
        except Rejected as rejection:
            return _Proof(rest, fault=rejection.reason)

    def _publish(self, payloads: Sequence[InboundPayload]) -> None:
        for reason in self.bus.publish_payloads(payloads).values():
            raise Unavailable(f"the bus did not take the payload: {reason}")


def _find_key(
    webhook: WebhookDefinition, request: SignedRequest, secrets: Sequence[str], now: datetime
) -> str:
    """Finds the digest of the key with which the request came."""
    for secret in secrets:
        with suppress(Unauthorized):
            verify(webhook, request, [secret], now)
            return digest(secret)
    raise Unauthorized(REFUSAL)


def _select_live_secrets(secrets: JsonObject, name: str) -> Sequence[str]:
    """Returns one secret or several as a list, without values that are no texts or are empty:
    anybody could sign with an empty one."""
    value = secrets.get(name)
    values = value if isinstance(value, list | tuple) else [value]
    return [secret for secret in values if isinstance(secret, str) and secret]
