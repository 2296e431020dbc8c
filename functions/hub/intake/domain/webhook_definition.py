"""Webhooks of a source: the `webhook` part of its `source.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from hub.kernel.json_types import JsonObject
from hub.model.trust import Trust


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response: its status, and its body of `type` if the hub's own body does not fit.

    `kept` is the value of `cache-control`.
    """

    status: int
    type: str = "application/json"
    body: str | None = None
    kept: str = ""


ApiResponses = Mapping[str, ApiResponse]


@dataclass(frozen=True, slots=True)
class WebhookDefinition:
    """How a vendor signs its webhooks, and what is in them.

    `scheme` is the signature scheme; `header`, `algorithm`, `encoding` and `prefix` are its
    parameters. `public_url` is the address that the vendor signs, if the request arrives at another
    one. More than two `live_secrets` are for vendors that have a key for each kind of event.

    `body` is json, form, xml, tracking or cloud-event; the last two define their own events and
    ids. In xml every `element` is an event; with several names the payload is `{name: element}`.
    `each` is the path to the list of events in a body with several, which all get the `shared`
    fields. `delivery_id` is the `header`, or the JMESPath in the `body`, that a repeat has in
    common; no header if the scheme signs the body. With `headers` a payload is
    `{"headers": .., "body": ..}`. `topic` is the one of them that names the event type: the same
    body under two topics is two payloads.

    `keys` is suffix -> the level of trust of a further set of secrets, `<source>.<suffix>`: a
    public source has a secret of its own for servers. `identity_token` is the path to a token in a
    payload by which a site's server proves who the person is: `<source>.identity` has its secrets.

    `answers` are responses by outcome: accepted, rejected. `challenge` is the scheme of the
    vendor's challenge (see `hub.intake.domain.webhook_challenge`).
    """

    scheme: str
    header: str = ""
    algorithm: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    public_url: str = ""
    live_secrets: int = 2
    body: str = "json"
    each: str = ""
    element: str | tuple[str, ...] = ""
    shared: tuple[str, ...] = ()
    delivery_id: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    topic: str = ""
    answers: ApiResponses = field(default_factory=dict)
    challenge: str = ""
    keys: Mapping[str, Trust] = field(default_factory=dict)
    identity_token: str = ""

    @property
    def has_several(self) -> bool:
        """Whether one request may have several events."""
        return bool(self.each) or self.body in ("tracking", "cloud-event", "xml")

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        answers = {
            outcome: ApiResponse(**response)
            for outcome, response in data.get("answers", {}).items()
        }
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        keys = {suffix: Trust(level) for suffix, level in data.get("keys", {}).items()}
        return cls(**{**data, **lists, "answers": answers, "keys": keys})
