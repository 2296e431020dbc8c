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
from hub.intake.domain.content_encoding import unpacked
from hub.intake.domain.signature import REFUSAL, verify
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.source_definition import Source
from hub.intake.domain.webhook_definition import Answer, Answers, Webhook
from hub.intake.domain.webhook_payloads import Parcel, unpack
from hub.kernel.errors import TooLarge, Unauthorized, Unavailable
from hub.messaging.ports import Bus, Claims
from hub.model.inbound_payload import LARGEST_ON_BUS, Delivery
from hub.platform.ports import Clock

LARGEST_BODY = 1024 * 1024

Secrets = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receiver:
    """The web entrances. `secrets` gives the live secrets by source, newest first."""

    sources: Callable[[str], Source | None]
    secrets: Callable[[], Secrets]
    claims: Claims
    bus: Bus
    clock: Clock

    def webhook(self, source_name: str, sent: Sent) -> str | list[str] | Answer:
        """Returns the delivery's id once the bus has taken it; those of all where a source sends
        many; and the answer where the vendor only asks whether the address is ours.

        Raises `TooLarge`, `Unauthorized`, `Rejected` (not JSON, too deep ...) or `Unavailable`; in
        all but the last case nothing is enqueued. The signature is over the body as it was sent.
        """
        if len(sent.body) > LARGEST_BODY:
            raise TooLarge(f"the body has more than {LARGEST_BODY} bytes")
        now = self.clock()
        source, webhook, signed_id = self._proved(source_name, sent, now)
        sent = unpacked(sent, LARGEST_BODY)
        if answer := webhook_challenge.echo(webhook.challenge, sent.body):
            return answer
        parcels = unpack(webhook, sent, signed_id, now)
        self._deliver([self._delivery(source, parcel, now) for parcel in parcels])
        ids = [parcel.id for parcel in parcels]
        return ids if webhook.several else ids[0]

    def challenge(self, source_name: str, sent: Sent) -> Answer:
        """What a vendor who asks whether this address is ours has to hear. Raises `Unauthorized`.

        The words that its owner told the vendor to ask with are the secrets `<source>.challenge`.
        """
        source, secrets = self.sources(source_name), self.secrets()
        if source is None or source.webhook is None:
            raise Unauthorized(REFUSAL)
        live, tokens = _live(secrets, source_name), _live(secrets, f"{source_name}.challenge")
        return webhook_challenge.answered(source.webhook.challenge, sent, live, tokens)

    def wanted(self, source_name: str) -> Answers:
        """What this source's vendor wants to hear."""
        source = self.sources(source_name)
        return source.webhook.answers if source and source.webhook else {}

    def tracking_settings(self, write_key: str, sent: Sent) -> dict[str, Any]:
        """What analytics.js wants to know before it tracks. Raises `Unauthorized`."""
        keyed = replace(sent, body=orjson.dumps({"writeKey": write_key}))
        self._proved(segment_tracking.SOURCE, keyed, self.clock())
        return segment_tracking.settings(write_key, sent)

    def event(self, sent: Sent) -> str | list[str] | Answer:
        """CloudEvents of the source whose key they come with. Answers and raises as `webhook`."""
        return self.webhook(self._speaker(sent), sent)

    def _speaker(self, sent: Sent) -> str:
        for name in self.secrets():
            source = self.sources(name)
            if source and source.webhook and source.webhook.body == "cloud-event":
                with suppress(Unauthorized):
                    self._proved(name, sent, self.clock())
                    return name
        raise Unauthorized(REFUSAL)

    def _proved(self, name: str, sent: Sent, now: datetime) -> tuple[Source, Webhook, str]:
        """The source that surely sent this, and the delivery's id where its signature has one."""
        source = self.sources(name)
        if source is None or source.webhook is None:
            raise Unauthorized(REFUSAL)
        signed_id = verify(source.webhook, sent, _live(self.secrets(), name), now)
        return source, source.webhook, signed_id

    def _delivery(self, source: Source, parcel: Parcel, now: datetime) -> Delivery:
        payload, claim = parcel.payload, ""
        if max(len(parcel.text), len(orjson.dumps(payload))) > LARGEST_ON_BUS:
            payload, claim = None, self.claims.put(f"{source.name}/{parcel.id}", parcel.text)
        return Delivery(
            id=parcel.id,
            source=source.name,
            received_at=now,
            correlation_id=f"{source.name}:{parcel.id}",
            payload=payload,
            claim=claim,
        )

    def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        for reason in self.bus.deliver(deliveries).values():
            raise Unavailable(f"the bus did not take the delivery: {reason}")


def _live(secrets: Secrets, name: str) -> Sequence[str]:
    """One text is one secret; whatever else somebody wrote there is none."""
    found = secrets.get(name)
    several = found if isinstance(found, list | tuple) else [found]
    return [secret for secret in several if isinstance(secret, str)]
