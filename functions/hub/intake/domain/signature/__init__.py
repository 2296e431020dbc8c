"""Verification of webhook signatures: who sent this, and just now? One module for each scheme.

A scheme returns the delivery id if the signature covers one, else an empty text. It returns None
if nothing proves the sender, whatever the request has in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.intake.domain.signature import (
    api_key,
    basic_auth,
    body_hmac,
    github,
    hubspot,
    mailgun,
    sendgrid,
    shopify,
    slack,
    standard,
    stripe,
    twilio,
    url_key,
    write_key,
)
from hub.intake.domain.signature.scheme import Scheme
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.errors import Unauthorized

REFUSAL = "nothing proves who sent this: source, signature or time is wrong"

SCHEMES: Mapping[str, Scheme] = {
    module.SCHEME.name: module.SCHEME
    for module in (
        api_key,
        basic_auth,
        github,
        body_hmac,
        hubspot,
        mailgun,
        sendgrid,
        shopify,
        slack,
        standard,
        stripe,
        twilio,
        url_key,
        write_key,
    )
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
    signed_id = scheme.verify(request, webhook, live_secrets, now) if scheme else None
    if signed_id is None:
        raise Unauthorized(REFUSAL)
    return signed_id


def is_body_signed(scheme: str) -> bool:
    """Whether the scheme signs the body. Then whoever captured a request can change its other
    headers, and nothing else. Without it the body is no better proved than the headers."""
    known = SCHEMES.get(scheme)
    return known is not None and "body" in known.covers
