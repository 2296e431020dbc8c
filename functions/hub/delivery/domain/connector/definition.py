"""What a file of `schemas/connectors` says: a connector is data, and this is its shape.

Its texts are JMESPath on what `hub.delivery.steps.connector_channel` knows of the action; see the
README beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from hub.delivery.domain.connector.circuit_breaker import ThrottleLimits
from hub.delivery.domain.connector.verb_fields import VerbField

RequestTree = Mapping[str, Any]
BODIES = ("json", "form", "xml", "text")
TIMEOUT = 8
CHANNEL_OPERATION = "send"
RETRY_STATUSES = frozenset({408, 425, 429, 503})


class IdempotencyMode(StrEnum):
    """What makes at most one effect of several calls: the provider drops a repeat by its key, the
    provider is asked before each call, or what is uncertain is never repeated."""

    KEYED = "keyed"
    LOOKUP = "lookup"
    AT_MOST_ONCE = "at-most-once"


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """A request. `path` follows the connector's address, with JMESPath in braces; of the `body`
    kinds `json`, `form`, `xml` and `text` there is one, or none."""

    method: str
    path: str = ""
    query: RequestTree = field(default_factory=dict)
    headers: RequestTree = field(default_factory=dict)
    kind: str = ""
    body: Any = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        rest = {name: value for name, value in data.items() if name not in BODIES}
        kind = next((name for name in BODIES if name in data), "")
        return cls(**rest, kind=kind, body=data.get(kind))


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the system can be asked to do, as `request` says. `reference` is where the
    answer has the provider's id; an answer without it is not what is documented.

    `fields` are what a verb may fill in, with `others` any besides. `before` are requests that do
    no harm when they are repeated, by the name under which their answers are known afterwards.
    `found` is the reference in the answer to `lookup`, null where the provider knows of nothing.
    """

    request: RequestTemplate
    reference: str
    fields: Mapping[str, VerbField] = field(default_factory=dict)
    others: bool = False
    before: Mapping[str, RequestTemplate] = field(default_factory=dict)
    lookup: RequestTemplate | None = None
    found: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        known = {name: data[name] for name in ("others", "found", "reference") if name in data}
        lookup = data.get("lookup")
        return cls(
            request=RequestTemplate.from_dict(data["request"]),
            fields={
                name: VerbField.from_dict(said) for name, said in data.get("fields", {}).items()
            },
            before={
                name: RequestTemplate.from_dict(said)
                for name, said in data.get("before", {}).items()
            },
            lookup=RequestTemplate.from_dict(lookup) if lookup else None,
            **known,
        )


@dataclass(frozen=True, slots=True)
class ResponseRules:
    """What the answers mean. `retry` are the codes with which the provider says that it did nothing
    and may later; `retry_when` is JMESPath on an answer that says so in another way. `element` is
    what is read of an XML answer."""

    success: frozenset[int]
    retry: frozenset[int] = RETRY_STATUSES
    retry_when: str = ""
    element: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        retry = frozenset(data["retry"]) if "retry" in data else RETRY_STATUSES
        said = {name: data[name] for name in ("retry_when", "element") if name in data}
        return cls(frozenset(data["success"]), retry, **said)


@dataclass(frozen=True, slots=True)
class Auth:
    """How the hub proves who it is: one of `bearer`, `basic` (user and password), `header` (a name
    and a value), `standard_webhooks` (the signing secret) or `oauth2`, the request for a token.

    `client` are the user and password that this request may want. Where the token to refresh with
    `rotates`, it is good once only, so all processes share what the provider gave last.
    """

    kind: str = ""
    credentials: Any = None
    client: tuple[str, ...] = ()
    rotates: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        if not data:
            return cls()
        [kind] = data.keys() - {"client", "rotates"}
        said = RequestTemplate.from_dict(data[kind]) if kind == "oauth2" else data[kind]
        return cls(kind, said, tuple(data.get("client", ())), data.get("rotates", False))


@dataclass(frozen=True, slots=True)
class Connector:
    """`url` is JMESPath of the address on its secret. It may serve a `channel`, with its operation
    `send`; with `reaches`, what it does on a verb's behalf reaches a person there, and so needs
    their consent."""

    name: str
    title: str
    mode: IdempotencyMode
    url: str
    operations: Mapping[str, Operation]
    response_rules: ResponseRules
    auth: Auth
    limits: ThrottleLimits
    channel: str = ""
    reaches: str = ""
    timeout: float = TIMEOUT

    @classmethod
    def from_dict(cls, name: str, data: Mapping[str, Any]) -> Self:
        operations = data["operations"].items()
        known = ("title", "url", "channel", "reaches", "timeout")
        return cls(
            name=name,
            mode=IdempotencyMode(data["mode"]),
            operations={key: Operation.from_dict(said) for key, said in operations},
            response_rules=ResponseRules.from_dict(data["answers"]),
            auth=Auth.from_dict(data.get("auth", {})),
            limits=ThrottleLimits(**data.get("limits", {})),
            **{name: data[name] for name in known if name in data},
        )

    def find_operation(self, name: str) -> Operation | None:
        """The one of that name; without a name the only one, or the one that serves a channel."""
        only = next(iter(self.operations)) if len(self.operations) == 1 else CHANNEL_OPERATION
        return self.operations.get(name or only)


Connectors = Mapping[str, Connector]
