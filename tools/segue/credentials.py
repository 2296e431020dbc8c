"""Credentials of senders, invented for a local hub, in the form of each scheme."""

import base64
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, slots=True)
class Credential:
    """`public` is what the hub knows, `private` what the sender signs with. They may be equal."""

    public: str
    private: str


def generate(scheme: str) -> Credential:
    """Return a new credential in the form that vendors of that scheme use."""
    match scheme:
        case "sendgrid":
            return _generate_key_pair()
        case "standard-webhooks":
            text = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        case "basic":
            text = f"segue:{secrets.token_urlsafe(24)}"
        case _:
            text = secrets.token_urlsafe(32)
    return Credential(text, text)


def _generate_key_pair() -> Credential:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(forms.Encoding.DER, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    return Credential(base64.b64encode(public).decode(), base64.b64encode(private).decode())
