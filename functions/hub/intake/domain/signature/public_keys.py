"""Signatures that anybody can check and only the sender can make.

`cryptography` is loaded by the first source that needs it: most need none of it.
"""


def is_ed25519_signature(key: bytes, signature: bytes, content: bytes) -> bool:
    """https://www.rfc-editor.org/rfc/rfc8032: `key` and `signature` are the raw bytes."""
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
    """ECDSA with SHA-256 on P-256: `key` is its DER (RFC 5480), `signature` too (RFC 3279)."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415 30 ms, see above

    try:
        public = load_der_public_key(key)
        if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
            return False
        public.verify(signature, content, ec.ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
