"""What a vendor is asked, what it answers, and the ledger of what took effect."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, strict_parsing=True))

    @property
    def json(self) -> Any:
        assert self.headers["content-type"].startswith("application/json")
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        return dict(parse_qsl(self.body.decode(), strict_parsing=True, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass
class Books:
    """`effects` are messages sent, records made, tasks opened, in order, with the key by which a
    repeat is the same one; `acts` counts how often the vendor was asked for one. `drafts` are
    whatever it is told before that."""

    effects: list[tuple[str, Any]] = field(default_factory=list)
    acts: int = 0
    drafts: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def act(self, what: Any, key: str = "") -> str:
        """The effect's id. A repeat of a key changes nothing; without a key all are new."""
        self.acts += 1
        known = [name for name, _ in self.effects]
        if key and key in known:
            return f"id-{known.index(key) + 1}"
        self.effects.append((key or f"effect {len(known)}", what))
        return f"id-{len(self.effects)}"

    def token(self) -> str:
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return self.tokens[-1]

    def bearer(self, call: Call) -> bool:
        """Whether the newest token was shown."""
        return (
            bool(self.tokens) and call.headers.get("authorization") == f"Bearer {self.tokens[-1]}"
        )


Protocol = Callable[[Call, Books], Reply]
