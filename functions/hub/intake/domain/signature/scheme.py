"""What a signature scheme is: how a sender proves itself, and how the hub holds it to that.

`sign` stands beside `verify`, so that the two cannot drift apart: tests and `segue send` play the
vendors with it. It is some lines without a secret of its own, so it may lie in the bundle too.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition

Part = Literal["address", "body", "id", "time"]
"""A part of a request that a signature may cover. No scheme covers any other header."""

Verify = Callable[[SignedRequest, WebhookDefinition, Sequence[str], datetime], str | None]


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signature may need beside the request: `secret` is what the sender keeps, `nonce` 50
    hex digits of chance."""

    webhook: WebhookDefinition
    secret: str
    delivery_id: str
    at: datetime
    nonce: str = ""

    @property
    def seconds(self) -> str:
        return str(int(self.at.timestamp()))

    def digest(self, content: bytes, algorithm: str = "sha256") -> bytes:
        return hmac.digest(self.secret.encode(), content, algorithm)


Sign = Callable[[SignedRequest, Signing], SignedRequest]


@dataclass(frozen=True, slots=True)
class Scheme:
    """`name` is what a `source.json` calls it. `proof` and `secret` tell people what proves the
    sender and what the secret is. `sign` raises ValueError where the secret is none.

    `covers` are the parts of a request that nobody can change without the secret. It is empty if
    the request carries the secret itself: whoever sees it can send anything.
    """

    name: str
    proof: str
    secret: str
    verify: Verify
    sign: Sign
    covers: frozenset[Part] = frozenset()
