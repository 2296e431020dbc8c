"""Webhook signatures: who sent this, and was it just now? A small module a family of schemes.

Every scheme answers with the delivery's id where it signs one, with an empty text where it does
not, and with None where nothing is proved, whatever it was given.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hub.intake.domain.signature import (
    body_hmac,
    credentials,
    mailgun,
    sendgrid,
    standard,
    timed_hmac,
    twilio,
)
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel.errors import Unauthorized

REFUSAL = "nothing proves who sent this: source, signature or time is wrong"

Scheme = Callable[[Sent, Webhook, Sequence[str], datetime], str | None]

SCHEMES: Mapping[str, Scheme] = {
    "api-key": credentials.api_key,
    "basic": credentials.basic,
    "github": body_hmac.github,
    "hmac": body_hmac.proof,
    "hubspot": timed_hmac.hubspot,
    "mailgun": mailgun.proof,
    "sendgrid": sendgrid.proof,
    "shopify": body_hmac.shopify,
    "slack": timed_hmac.slack,
    "standard-webhooks": standard.proof,
    "stripe": timed_hmac.stripe,
    "twilio": twilio.proof,
    "url-key": credentials.url_key,
    "write-key": credentials.write_key,
}


def verify(webhook: Webhook, sent: Sent, secrets: Sequence[str], now: datetime) -> str:
    """Returns the delivery's id, empty where the scheme signs none.

    Raises `Unauthorized`, always in the same words. `secrets` are the source's live ones, newest
    first: two of them while a secret is rotated, or as many as the webhook says.
    """
    live = [secret for secret in secrets[: webhook.live_secrets] if secret]
    scheme = SCHEMES.get(webhook.scheme)
    proved = scheme and scheme(sent.seen_at(webhook.public_url), webhook, live, now)
    if proved is None:
        raise Unauthorized(REFUSAL)
    return proved
