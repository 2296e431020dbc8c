"""Receive: what a source posts becomes deliveries on the bus, or is refused with nothing kept.

Only what the sender can mend is refused: who it is, its size, its form. What it says is read later.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from hub.intake.domain import segment_tracking, webhook_challenge
from hub.intake.domain.content_encoding import unpack_body
from hub.intake.domain.signature import REFUSAL, verify
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.domain.webhook_definition import ApiResponse, ApiResponses, WebhookDefinition
from hub.intake.domain.webhook_payloads import WebhookPayload, read_payloads
from hub.kernel.errors import TooLarge, Unauthorized, Unavailable
from hub.messaging.ports import Bus, ClaimCheck
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload
from hub.platform.ports import Clock

LARGEST_BODY = 1024 * 1024

SecretValues = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReceiveWebhook:
    """The web entrances. `secrets` gives the live secrets by source, newest first."""

    sources: Callable[[str], SourceDefinition | None]
    secrets: Callable[[], SecretValues]
    claim_check: ClaimCheck
    bus: Bus
    clock: Clock

    def receive(self, source_name: str, request: SignedRequest) -> str | list[str] | ApiResponse:
        """Returns the delivery's id once the bus has taken it; those of all where a source sends
        many; and the answer where the vendor only asks whether the address is ours.

        Raises `TooLarge`, `Unauthorized`, `Rejected` (not JSON, too deep ...) or `Unavailable`; in
        all but the last case nothing is enqueued. The signature is over the body as it was sent.
        """
        if len(request.body) > LARGEST_BODY:
            raise TooLarge(f"the body has more than {LARGEST_BODY} bytes")
        now = self.clock()
        source, webhook, signed_id = self._verify_sender(source_name, request, now)
        request = unpack_body(request, LARGEST_BODY)
        if answer := webhook_challenge.answer_signed_challenge(webhook.challenge, request.body):
            return answer
        parcels = read_payloads(webhook, request, signed_id, now)
        self._publish([self._to_payload(source, parcel, now) for parcel in parcels])
        ids = [parcel.id for parcel in parcels]
        return ids if webhook.has_several else ids[0]

    def answer_challenge(self, source_name: str, request: SignedRequest) -> ApiResponse:
        """What a vendor who asks whether this address is ours has to hear. Raises `Unauthorized`.

        The words that its owner told the vendor to ask with are the secrets `<source>.challenge`.
        """
        source, secrets = self.sources(source_name), self.secrets()
        if source is None or source.webhook is None:
            raise Unauthorized(REFUSAL)
        live, tokens = (
            _select_live_secrets(secrets, source_name),
            _select_live_secrets(secrets, f"{source_name}.challenge"),
        )
        return webhook_challenge.answer_challenge(source.webhook.challenge, request, live, tokens)

    def find_custom_responses(self, source_name: str) -> ApiResponses:
        """What this source's vendor wants to hear."""
        source = self.sources(source_name)
        return source.webhook.answers if source and source.webhook else {}

    def read_tracking_settings(self, write_key: str, request: SignedRequest) -> dict[str, Any]:
        """What analytics.js wants to know before it tracks. Raises `Unauthorized`."""
        keyed = replace(request, body=orjson.dumps({"writeKey": write_key}))
        self._verify_sender(segment_tracking.SEGMENT_SOURCE, keyed, self.clock())
        return segment_tracking.build_settings(write_key, request)

    def receive_cloud_events(self, request: SignedRequest) -> str | list[str] | ApiResponse:
        """CloudEvents of the source whose key they come with. Answers and raises as `webhook`."""
        return self.receive(self._find_sender(request), request)

    def _find_sender(self, sent: SignedRequest) -> str:
        for name in self.secrets():
            source = self.sources(name)
            if source and source.webhook and source.webhook.body == "cloud-event":
                with suppress(Unauthorized):
                    self._verify_sender(name, sent, self.clock())
                    return name
        raise Unauthorized(REFUSAL)

    def _verify_sender(
        self, name: str, sent: SignedRequest, now: datetime
    ) -> tuple[SourceDefinition, WebhookDefinition, str]:
        """The source that surely sent this, and the delivery's id where its signature has one."""
        source = self.sources(name)
        if source is None or source.webhook is None:
            raise Unauthorized(REFUSAL)
        signed_id = verify(source.webhook, sent, _select_live_secrets(self.secrets(), name), now)
        return source, source.webhook, signed_id

    def _to_payload(
        self, source: SourceDefinition, parcel: WebhookPayload, now: datetime
    ) -> InboundPayload:
        payload, claim = parcel.payload, ""
        if max(len(parcel.text), len(orjson.dumps(payload))) > LARGEST_ON_BUS:
            payload, claim = None, self.claim_check.put(f"{source.name}/{parcel.id}", parcel.text)
        return InboundPayload(
            id=parcel.id,
            source=source.name,
            received_at=now,
            correlation_id=f"{source.name}:{parcel.id}",
            payload=payload,
            claim=claim,
        )

    def _publish(self, deliveries: Sequence[InboundPayload]) -> None:
        for reason in self.bus.publish_payloads(deliveries).values():
            raise Unavailable(f"the bus did not take the delivery: {reason}")


def _select_live_secrets(secrets: SecretValues, name: str) -> Sequence[str]:
    """One text is one secret; whatever else somebody wrote there is none."""
    found = secrets.get(name)
    several = found if isinstance(found, list | tuple) else [found]
    return [secret for secret in several if isinstance(secret, str)]
