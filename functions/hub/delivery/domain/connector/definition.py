"""The definition of a connector, as a file of `schemas/connectors` has it.

Its texts are JMESPath on the scope that `hub.delivery.steps.connector_channel` builds. The README
of that folder describes it.
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
    """How a repeated call takes effect at most once: the provider recognises it by its key, the hub
    looks it up at the provider before each call, or the hub never repeats an uncertain call."""

    KEYED = "keyed"
    LOOKUP = "lookup"
    AT_MOST_ONCE = "at-most-once"


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """A request. `path` follows the connector's address, with JMESPath in braces. `kind` is that of
    the body: `json`, `form`, `xml`, `text`, or empty for no body."""

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
    """One thing that the system can do. `reference` is JMESPath of the provider's id in the answer
    to `request`. Every answer must have it.

    A verb may fill in `fields`, and with `others` any other field. `before` is name -> a request
    that is made first and may be repeated; its answer is in the scope under that name. `found` is
    JMESPath of the reference in the answer to `lookup`, null if the provider does not have it.
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
        optional = {name: data[name] for name in ("others", "found", "reference") if name in data}
        lookup = data.get("lookup")
        return cls(
            request=RequestTemplate.from_dict(data["request"]),
            fields={
                name: VerbField.from_dict(field) for name, field in data.get("fields", {}).items()
            },
            before={
                name: RequestTemplate.from_dict(request)
                for name, request in data.get("before", {}).items()
            },
            lookup=RequestTemplate.from_dict(lookup) if lookup else None,
            **optional,
        )


@dataclass(frozen=True, slots=True)
class ResponseRules:
    """What the answers mean. `retry` are the statuses of answers after which the action had no
    effect and may be tried later. `retry_when` is JMESPath that is true for other such answers.
    `element` is the element that is read of an XML answer."""

    success: frozenset[int]
    retry: frozenset[int] = RETRY_STATUSES
    retry_when: str = ""
    element: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        retry = frozenset(data["retry"]) if "retry" in data else RETRY_STATUSES
        optional = {name: data[name] for name in ("retry_when", "element") if name in data}
        return cls(frozenset(data["success"]), retry, **optional)


@dataclass(frozen=True, slots=True)
class Auth:
    """How the hub authenticates. `kind` is `bearer`, `basic` (user and password), `header` (a name
    and a value), `standard_webhooks` (the signing secret) or `oauth2` (the request for a token).

    `client` is the user and password of the request for a token, if it needs them. If the refresh
    token `rotates`, it can be used only once, so all processes share the newest one.
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
        credentials = RequestTemplate.from_dict(data[kind]) if kind == "oauth2" else data[kind]
        return cls(kind, credentials, tuple(data.get("client", ())), data.get("rotates", False))


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector. `url` is JMESPath of its address in its secret.

    It may serve a `channel`, with its operation `send`. With `reaches`, its operations reach a
    person on that channel, so they need the person's consent. `timeout` is in seconds.
    """

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
        optional = ("title", "url", "channel", "reaches", "timeout")
        return cls(
            name=name,
            mode=IdempotencyMode(data["mode"]),
            operations={key: Operation.from_dict(operation) for key, operation in operations},
            response_rules=ResponseRules.from_dict(data["answers"]),
            auth=Auth.from_dict(data.get("auth", {})),
            limits=ThrottleLimits(**data.get("limits", {})),
            **{name: data[name] for name in optional if name in data},
        )

    def find_operation(self, name: str) -> Operation | None:
        """Finds the operation of that name; without a name the only one, or the one that serves a
        channel."""
        default = next(iter(self.operations)) if len(self.operations) == 1 else CHANNEL_OPERATION
        return self.operations.get(name or default)


Connectors = Mapping[str, Connector]
