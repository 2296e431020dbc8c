"""What a sender sent, as far as a signature may cover it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """`body` is the raw bytes, `url` the whole address with its query as it was called."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    url: str = ""

    def header(self, name: str) -> str:
        """The header's value in any spelling of its name; empty where there is none."""
        wanted = name.lower()
        return next((value for name, value in self.headers.items() if name.lower() == wanted), "")

    def use_public_url(self, public_url: str) -> Self:
        """The same with the address that the sender knows us by, where we are told of one."""
        if not public_url:
            return self
        _, mark, query = self.url.partition("?")
        return replace(self, url=public_url + mark + query)
