"""What a web site's own server does: it signs who the visitor is."""

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

HEADER = {"alg": "HS256", "typ": "JWT"}


def customer_token(email: str, expires: int, secret: str) -> str:
    return json_web_token({"customer": {"email": email}, "exp": expires}, secret)


def json_web_token(claims: Any, secret: str, header: Any = HEADER) -> str:
    """With a right signature, whatever it is of."""
    return sign_texts(json.dumps(header), json.dumps(claims), secret)


def sign_texts(header: str, claims: str, secret: str, encoding: str = "utf-8") -> str:
    """Signs texts that need not be JSON."""
    head = b".".join(_text(part.encode(encoding)) for part in (header, claims))
    return b".".join((head, _text(hmac.digest(secret.encode(), head, sha256)))).decode()


def _text(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")
