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
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.errors import Unauthorized

REFUSAL = "nothing proves who sent this: source, signature or time is wrong"

Scheme = Callable[[SignedRequest, WebhookDefinition, Sequence[str], datetime], str | None]

SCHEMES: Mapping[str, Scheme] = {
    "api-key": credentials.verify_api_key,
    "basic": credentials.verify_basic_auth,
    "github": body_hmac.verify_github,
    "hmac": body_hmac.verify,
    "hubspot": timed_hmac.verify_hubspot,
    "mailgun": mailgun.verify,
    "sendgrid": sendgrid.verify,
    "shopify": body_hmac.verify_shopify,
    "slack": timed_hmac.verify_slack,
    "standard-webhooks": standard.verify,
    "stripe": timed_hmac.verify_stripe,
    "twilio": twilio.verify,
    "url-key": credentials.verify_url_key,
    "write-key": credentials.verify_write_key,
}


def verify(
    webhook: WebhookDefinition, request: SignedRequest, secrets: Sequence[str], now: datetime
) -> str:
    """Returns the delivery's id, empty where the scheme signs none.

    Raises `Unauthorized`, always in the same words. `secrets` are the source's live ones, newest
    first: two of them while a secret is rotated, or as many as the webhook says.
    """
    live = [secret for secret in secrets[: webhook.live_secrets] if secret]
    scheme = SCHEMES.get(webhook.scheme)
    proved = scheme and scheme(request.use_public_url(webhook.public_url), webhook, live, now)
    if proved is None:
        raise Unauthorized(REFUSAL)
    return proved
