"""GitHub, and Meta: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""

from hub.intake.domain.signature.body_hmac import build_preset
from hub.intake.domain.webhook_definition import WebhookDefinition

SCHEME = build_preset(WebhookDefinition("github", header="x-hub-signature-256", prefix="sha256="))
