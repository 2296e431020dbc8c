"""Shopify: an HMAC of the body in base64.

https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook-to-ensure-its-coming-from-shopify
"""

from hub.intake.domain.signature.body_hmac import build_preset
from hub.intake.domain.webhook_definition import WebhookDefinition

SCHEME = build_preset(
    WebhookDefinition("shopify", header="x-shopify-hmac-sha256", encoding="base64")
)
