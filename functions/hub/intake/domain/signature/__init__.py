"""Verification of webhook signatures: who sent this, and just now? One module for each family.

A scheme returns the delivery id if the signature covers one, else an empty text. It returns None
if nothing proves the sender, whatever the request has in it.
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
    """Returns the signed delivery id, or an empty text if the scheme signs none.

    Raises `Unauthorized`, always with the same text. `secrets` are the live secrets of the source,
    newest first: two during a rotation, or as many as the webhook defines.
    """
    live_secrets = [secret for secret in secrets[: webhook.live_secrets] if secret]
    scheme = SCHEMES.get(webhook.scheme)
    request = request.use_public_url(webhook.public_url)
    signed_id = scheme and scheme(request, webhook, live_secrets, now)
    if signed_id is None:
        raise Unauthorized(REFUSAL)
    return signed_id
