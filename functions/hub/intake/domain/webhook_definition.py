"""How a source's webhooks are taken in: the `webhook` part of its `source.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What the vendor wants to hear: the status, and a body of its type where ours will not do.
    `kept` says who may keep it, and how long, as `cache-control` does."""

    status: int
    type: str = "application/json"
    body: str | None = None
    kept: str = ""


ApiResponses = Mapping[str, ApiResponse]


@dataclass(frozen=True, slots=True)
class WebhookDefinition:
    """`scheme` is what proves who sent it; `header`, `algorithm`, `encoding` and `prefix` are the
    data of schemes that need some. `public_url` is the address that the vendor signs, where that
    is not the one the request arrived at. More than two `live_secrets` are for vendors who have a
    key for each kind of event.

    `body` is json, form or xml, or tracking or cloud-event, which say themselves what they hold and
    how it is called. In xml every `element` of that name is an event, or of those names and then
    told apart by it. `each` leads to the list of events in a body that holds several, each with the
    fields that are `shared`. `delivery_id` names the `header` or, by JMESPath, the part of the
    `body` that stays the same when the vendor repeats itself. With `headers`, a payload is
    `{"headers": .., "body": ..}`.
    `answers` is by outcome: accepted, rejected. `challenge` is how the vendor asks beforehand
    whether the address is ours (see `hub.intake.domain.webhook_challenge`).
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
    answers: ApiResponses = field(default_factory=dict)
    challenge: str = ""

    @property
    def has_several(self) -> bool:
        """Whether one request may hold several events."""
        return bool(self.each) or self.body in ("tracking", "cloud-event", "xml")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        answers = {name: ApiResponse(**said) for name, said in data.get("answers", {}).items()}
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return cls(**{**data, **lists, "answers": answers})
