"""Sealed tokens that carry facts through other systems: `<version>.<sealed facts>`.

The facts are encrypted and authenticated with AES-256-SIV (RFC 5297), so only the hub reads them.
The same facts always give the same token, because a message that is rendered again must not differ.
The key is derived from a secret for each purpose (HKDF with SHA-256, RFC 5869), so a token of one
purpose never passes for one of another. The audience is authenticated too: a token that was given
to one audience is no token for any other. The length of a token tells how much it carries.

`cryptography` loads with the first token, because most starts of a function need none.
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from hub.kernel.constant_time import to_utf8
from hub.kernel.errors import Rejected
from hub.kernel.tokens.packed_facts import Fact, pack_facts, unpack_facts

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

LONGEST_TOKEN = 16_000
_KEY_BYTES = 64
_SEALED = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class TokenPurpose:
    """What tokens are for. `version` is how they begin, and stands for the order of their facts."""

    name: str
    version: str


def seal(purpose: TokenPurpose, audience: str, facts: Iterable[Fact], key: str) -> str:
    """Makes the token that carries `facts` and is good for `audience` alone."""
    sealed = _make_cipher(purpose, key).encrypt(pack_facts(facts), [to_utf8(audience)])
    return f"{purpose.version}.{urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def unseal(purpose: TokenPurpose, audience: str, text: object, keys: Sequence[str]) -> list[Fact]:
    """Returns the facts of a token.

    Raises `Rejected` if none of the keys sealed it for this purpose and audience.
    """
    sealed = _decode(purpose, text)
    for key in filter(None, keys):
        if (packed := _decrypt(purpose, audience, sealed, key)) is not None:
            return unpack_facts(packed)
    raise Rejected("is not a token of this hub")


def _decode(purpose: TokenPurpose, text: object) -> bytes:
    """Decodes the token's one canonical spelling."""
    if isinstance(text, str) and len(text) <= LONGEST_TOKEN:
        version, _, body = text.partition(".")
        if version == purpose.version and _SEALED.fullmatch(body):
            try:
                sealed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
            except binascii.Error:
                sealed = b""
            if urlsafe_b64encode(sealed).rstrip(b"=").decode() == body:
                return sealed
    raise Rejected("is not a token of this hub")


def _decrypt(purpose: TokenPurpose, audience: str, sealed: bytes, key: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 30 ms, see above

    try:
        return _make_cipher(purpose, key).decrypt(sealed, [to_utf8(audience)])
    except InvalidTag:
        return None


@lru_cache(64)
def _make_cipher(purpose: TokenPurpose, key: str) -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 30 ms, see above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 30 ms, see above

    purpose_bytes = to_utf8(f"{purpose.name} {purpose.version}")
    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose_bytes)
    return AESSIV(derivation.derive(to_utf8(key)))
