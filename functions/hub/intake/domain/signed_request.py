"""A request, as far as a signature may cover it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """`body` is the raw bytes; `url` is the whole URL with its query, as the sender called it."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    url: str = ""

    def header(self, name: str) -> str:
        """The value of the header, whose name may be in any case; empty if there is none."""
        lower = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == lower), "")

    def add_headers(self, headers: Mapping[str, str]) -> Self:
        return replace(self, headers={**self.headers, **headers})

    def use_public_url(self, public_url: str) -> Self:
        """Returns the request with the address that the sender called, if the source has one."""
        if not public_url:
            return self
        _, mark, query = self.url.partition("?")
        return replace(self, url=public_url + mark + query)
