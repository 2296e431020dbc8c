"""Signing as each vendor does, so that a source can be tried without its vendor."""

import secrets
from dataclasses import replace

from hub.intake.domain.signature import SCHEMES
from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.signed_request import SignedRequest

NONCE_BYTES = 25


def signed(sent: SignedRequest, signing: Signing) -> SignedRequest:
    """The request with all that proves it. Raises ValueError where the secret is none."""
    webhook = signing.webhook
    by_chance = replace(signing, nonce=secrets.token_hex(NONCE_BYTES))
    return SCHEMES[webhook.scheme].sign(sent.use_public_url(webhook.public_url), by_chance)
