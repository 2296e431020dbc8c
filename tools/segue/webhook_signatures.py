"""Signing as each vendor does, so that a source can be tried without its vendor."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from hub.intake.domain.signature import body_hmac, mailgun, sendgrid, timed_hmac, twilio
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.standard_webhooks import sign
from tools.segue.credentials import parse_p256_key


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signature may need beside what is sent: `secret` is what the sender keeps."""

    webhook: WebhookDefinition
    secret: str
    delivery_id: str
    at: datetime

    @property
    def seconds(self) -> str:
        return str(int(self.at.timestamp()))

    def digest(self, content: bytes, algorithm: str = "sha256") -> bytes:
        return hmac.digest(self.secret.encode(), content, algorithm)


def signed(sent: SignedRequest, signing: Signing) -> SignedRequest:
    """The request with all that proves it. Raises ValueError where the secret is none."""
    return _SCHEMES[signing.webhook.scheme](
        sent.use_public_url(signing.webhook.public_url), signing
    )


def _with(sent: SignedRequest, headers: Mapping[str, str]) -> SignedRequest:
    return replace(sent, headers={**sent.headers, **headers})


def _standard(sent: SignedRequest, by: Signing) -> SignedRequest:
    return _with(sent, sign(by.secret, by.delivery_id, by.at, sent.body))


def _body_hmac(sent: SignedRequest, by: Signing) -> SignedRequest:
    presets = {"github": body_hmac.GITHUB, "shopify": body_hmac.SHOPIFY}
    how = presets.get(by.webhook.scheme, by.webhook)
    digest = by.digest(sent.body, how.algorithm)
    text = digest.hex() if how.encoding == "hex" else base64.b64encode(digest).decode()
    return _with(sent, {how.header: how.prefix + text})


def _stripe(sent: SignedRequest, by: Signing) -> SignedRequest:
    digest = by.digest(f"{by.seconds}.".encode() + sent.body).hex()
    return _with(sent, {"stripe-signature": f"t={by.seconds},v1={digest}"})


def _slack(sent: SignedRequest, by: Signing) -> SignedRequest:
    digest = by.digest(f"v0:{by.seconds}:".encode() + sent.body).hex()
    names = {"x-slack-request-timestamp": by.seconds, "x-slack-signature": f"v0={digest}"}
    return _with(sent, names)


def _hubspot(sent: SignedRequest, by: Signing) -> SignedRequest:
    time = f"{by.seconds}000"
    digest = by.digest(timed_hmac.build_hubspot_content(sent.method, sent.url, sent.body, time))
    signature = base64.b64encode(digest).decode()
    names = {"x-hubspot-request-timestamp": time, "x-hubspot-signature-v3": signature}
    return _with(sent, names)


def _twilio(sent: SignedRequest, by: Signing) -> SignedRequest:
    if by.webhook.body != "form":
        mark = "&" if "?" in sent.url else "?"
        claimed = hashlib.sha256(sent.body).hexdigest()
        sent = replace(sent, url=f"{sent.url}{mark}bodySHA256={claimed}")
    digest = by.digest(twilio.build_signed_content(sent), "sha1")
    return _with(sent, {"x-twilio-signature": base64.b64encode(digest).decode()})


def _mailgun(sent: SignedRequest, by: Signing) -> SignedRequest:
    """Mailgun's signature stands in the body, which has to be a JSON object."""
    token = secrets.token_hex(mailgun.TOKEN_LENGTH // 2)
    digest = by.digest((by.seconds + token).encode()).hex()
    block = {"timestamp": by.seconds, "token": token, "signature": digest}
    payload = json.loads(sent.body)
    if not isinstance(payload, dict):
        raise ValueError("Mailgun sends JSON objects only")  # noqa: TRY004 as promised
    return replace(sent, body=json.dumps({**payload, "signature": block}).encode())


def _sendgrid(sent: SignedRequest, by: Signing) -> SignedRequest:
    signature = parse_p256_key(by.secret).sign(by.seconds.encode() + sent.body, ec.ECDSA(SHA256()))
    text = base64.b64encode(signature).decode()
    return _with(sent, {sendgrid.TIMESTAMP_HEADER: by.seconds, sendgrid.SIGNATURE_HEADER: text})


def _basic(sent: SignedRequest, by: Signing) -> SignedRequest:
    return _with(sent, {"authorization": f"Basic {base64.b64encode(by.secret.encode()).decode()}"})


def _api_key(sent: SignedRequest, by: Signing) -> SignedRequest:
    return _with(sent, {by.webhook.header: by.webhook.prefix + by.secret})


def _url_key(sent: SignedRequest, by: Signing) -> SignedRequest:
    mark = "&" if "?" in sent.url else "?"
    return replace(sent, url=f"{sent.url}{mark}{urlencode({'key': by.secret})}")


def _write_key(sent: SignedRequest, by: Signing) -> SignedRequest:
    return _basic(sent, replace(by, secret=f"{by.secret}:"))


_SCHEMES: Mapping[str, Callable[[SignedRequest, Signing], SignedRequest]] = {
    "api-key": _api_key,
    "basic": _basic,
    "github": _body_hmac,
    "hmac": _body_hmac,
    "hubspot": _hubspot,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "shopify": _body_hmac,
    "slack": _slack,
    "standard-webhooks": _standard,
    "stripe": _stripe,
    "twilio": _twilio,
    "url-key": _url_key,
    "write-key": _write_key,
}
