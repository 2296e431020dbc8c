"""SendGrid's signed event webhook: ECDSA over time and body; the secret is its public key.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import exact_base64, is_recent
from hub.intake.domain.signature.public_keys import is_p256
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel.constant_time import utf8

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


def proof(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    timestamp = sent.header(TIMESTAMP)
    signature = exact_base64(sent.header(SIGNATURE))
    if not signature or not is_recent(timestamp, now):
        return None
    keys = [key for secret in secrets if (key := exact_base64(secret))]
    content = utf8(timestamp) + sent.body
    return "" if any(is_p256(key, signature, content) for key in keys) else None
