"""Serves offers to public pages, whose key anybody can read.

A key is valid only on the pages of its site. A random browser id or a token that the site's server
signed identifies the visitor. The page gets what it shows, and nothing else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.inbound.domain.visitor_token import parse_visitor_token
from hub.inbound.steps.serve_offers import ServeOffers
from hub.kernel.errors import Rejected, Unauthorized
from hub.kernel.json_types import Json, JsonObject
from hub.platform.ports import Clock

CHANNEL = "web"
BROWSER_NAMESPACE = "cookie"
VISITOR_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class ServePageOffers:
    """`sites` is publishable key -> `{"origins": ["https://shop.example.com"], "secrets": [...]}`.

    The hub requests the offers and signs their references with its newest API key.
    """

    offers_api: ServeOffers
    sites: Callable[[], JsonObject]
    clock: Clock

    def serve_offers(self, body: JsonObject, origin: str) -> dict[str, Json]:
        """Returns `{"offers": [{"offer", "html", "reference"}]}` for the visitor.

        Raises `Unauthorized`, or `Rejected` with the field that is wrong.
        """
        site, placement = self._authenticate_site(body, origin), body.get("placement")
        if not isinstance(placement, str) or not placement:
            raise Rejected("wants the name of a placement", "placement")
        query = {
            "channel": CHANNEL,
            "placement": placement,
            "customer": self._identify_visitor(body, site),
        }
        selection = self.offers_api.serve_offers(query, self._signing_key())
        return {"offers": [_to_page_offer(offer) for offer in selection["offers"]]}

    def record_response(self, body: JsonObject, origin: str) -> str:
        """Takes in a visitor's response and returns the event's id. Raises as `serve_offers`."""
        self._authenticate_site(body, origin)
        return self.offers_api.record_response(body, self._signing_key())

    def _authenticate_site(self, body: JsonObject, origin: str) -> JsonObject:
        site = self.sites().get(str(body.get("site")))
        if not isinstance(site, Mapping) or not origin or origin not in site.get("origins", ()):
            raise Unauthorized("no live key of that site's pages")
        return site

    def _identify_visitor(self, body: JsonObject, site: JsonObject) -> dict[str, str]:
        token = body.get("customer")
        if token not in (None, ""):
            return parse_visitor_token(token, _non_empty_texts(site.get("secrets")), self.clock())
        visitor = body.get("visitor")
        if not isinstance(visitor, str) or not VISITOR_PATTERN.fullmatch(visitor):
            raise Rejected("wants 16 to 64 letters, digits, - or _", "visitor")
        return {BROWSER_NAMESPACE: visitor}

    def _signing_key(self) -> str:
        key = next(iter(self.offers_api.keys()), "")
        if not key:
            raise Unauthorized("there is no API key to sign references with")
        return key


def _to_page_offer(offer: JsonObject) -> dict[str, Json]:
    return {
        "offer": offer["offer"],
        "html": offer["content"].get("html", ""),
        "reference": offer["reference"],
    }


def _non_empty_texts(secrets: object) -> Sequence[str]:
    """Leaves out an empty secret, because anybody could sign with it."""
    if not isinstance(secrets, list):
        return []
    return [secret for secret in secrets if isinstance(secret, str) and secret]
