"""The environment of `receive_webhook`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceiveWebhookSettings:
    bus_name: str
    claims_bucket: str
    source_secrets: str
