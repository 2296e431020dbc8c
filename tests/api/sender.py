"""Who sends a request: what proves it to the hub, and whom and what it speaks of."""

import gzip
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Session
from requests.auth import AuthBase

from hub.contact_policy.domain.preference_centre import PreferenceLink
from hub.contact_policy.domain.sealed_links import seal_link
from hub.intake.domain.content_encoding import GZIP
from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from tests.api.gateway import read_body
from tests.visitor_tokens import customer_token
from tools.segue import sources
from tools.segue.webhook_signatures import signed

DEVICE, VISITOR = "device#D-77", "visitor-of-the-openapi-document"


@dataclass(frozen=True)
class Sender:
    """`address` is where the API is, `public_url` its address as the hub sees it, which some
    vendors sign. `secrets` are by source: what it signs with. `verify_tokens` are by name.

    `keys` name customers as a question does, known ones and unknown. One with `customer_id` and
    `email` is known. With `packs`, bodies are packed where a request says that they are.
    """

    address: str
    public_url: str
    secrets: Mapping[str, str]
    verify_tokens: Mapping[str, str]
    api_key: str
    site: str
    origin: str
    site_secret: str
    link_key: str
    customer_id: str
    email: str
    keys: tuple[Any, ...]
    reference: str = ""
    page_reference: str = ""
    packs: bool = True

    def learn_references(self, session: Session) -> "Sender":
        """The same with references of offers that the hub has shown: to an application that asked
        for `DEVICE`, and to a page with `VISITOR`."""
        address = f"{self.address}/decisions"
        proof = {"authorization": f"Bearer {self.api_key}"}
        asked = {"customer": DEVICE, "placement": "home"}
        answer = session.post(address, json=asked, headers=proof)
        question = {"site": self.site, "visitor": VISITOR, "placement": "home"}
        page = session.post(address, json=question, headers={"origin": self.origin})
        [reference, page_reference] = (
            each.json()["offers"][0]["reference"] for each in (answer, page)
        )
        return replace(self, reference=reference, page_reference=page_reference)

    @property
    def link(self) -> str:
        """The token of a link in an e-mail to the customer."""
        return seal_link(PreferenceLink(self.customer_id, "email", "a-1"), self.link_key)

    @property
    def visitor(self) -> str:
        """The token by which a site names its visitor."""
        return customer_token(self.email, int(time.time()) + 300, self.site_secret)


class Proof(AuthBase):
    """Packs the body where the request says that it is packed, and then proves who sends it."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = read_body(request)
        if request.headers.get("content-encoding") in GZIP:
            body = self._pack(request, body)
        request.body = body or None
        path = (request.url or "").removeprefix(self._sender.address)
        first, _, rest = urlsplit(path).path.strip("/").partition("/")
        if first == "webhooks" and request.method == "POST":
            self._sign(request, rest, body)
        elif first == "v1" and request.method == "POST":
            key = b64encode(f"{self._sender.secrets['segment']}:".encode()).decode()
            request.headers["authorization"] = f"Basic {key}"
        else:
            key = self._sender.secrets["app"] if first == "events" else self._sender.api_key
            request.headers["authorization"] = f"Bearer {key}"
        return request

    def _pack(self, request: PreparedRequest, body: bytes) -> bytes:
        if self._sender.packs:
            return gzip.compress(body, mtime=0)
        del request.headers["content-encoding"]
        return body

    def _sign(self, request: PreparedRequest, source: str, body: bytes) -> None:
        """As the source's vendor does. Where there is no such source, nothing can prove it."""
        secret = self._sender.secrets.get(source)
        if secret is None:
            return
        webhook = WebhookDefinition.from_dict(sources.find_source(source).definition["webhook"])
        url = request.url or ""
        sent = SignedRequest(
            body,
            {name.lower(): str(value) for name, value in request.headers.items()},
            url=self._sender.public_url + url.removeprefix(self._sender.address),
        )
        try:
            proved = signed(sent, Signing(webhook, secret, "msg_1", datetime.now(UTC)))
        except (RecursionError, ValueError):
            return
        request.headers.update(proved.headers)
        request.body = proved.body
        _, mark, query = proved.url.partition("?")
        request.url = url.partition("?")[0] + mark + query
