"""Signatures with public keys.

`cryptography` loads with the first source that needs it, because most sources do not.
"""


def is_ed25519_signature(key: bytes, signature: bytes, content: bytes) -> bool:
    """Checks an ed25519 signature (https://www.rfc-editor.org/rfc/rfc8032) of raw bytes."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 as above
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_p256_signature(key: bytes, signature: bytes, content: bytes) -> bool:
    """Checks ECDSA with SHA-256 on P-256: `key` (RFC 5480) and `signature` (RFC 3279) are DER."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415 30 ms, see above

    try:
        public_key = load_der_public_key(key)
        if not isinstance(public_key, ec.EllipticCurvePublicKey):
            return False
        if public_key.curve.name != "secp256r1":
            return False
        public_key.verify(signature, content, ec.ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def sign_p256(key: bytes, content: bytes) -> bytes:
    """What `is_p256_signature` accepts; `key` is the DER of the private key (PKCS 8). Raises
    ValueError where it is none of an elliptic curve."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.serialization import load_der_private_key  # noqa: PLC0415 30 ms, see above

    private = load_der_private_key(key, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError("no key of an elliptic curve")  # noqa: TRY004 as promised
    return private.sign(content, ec.ECDSA(SHA256()))
