"""Serves offers to public pages, whose key anybody can read.

A key is valid only on the pages of its site. A random browser id or a token that the site's server
signed identifies the visitor. The page gets what it shows, and nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.inbound.domain.offer_reference import name_site_audience
from hub.inbound.steps.serve_offers import ServeOffers
from hub.kernel.errors import Rejected, Unauthorized
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.tokens.visitor_token import VisitorToken, parse_visitor_token
from hub.model.trust import Trust
from hub.platform.ports import Clock

CHANNEL = "web"
BROWSER_NAMESPACE = "cookie"
VISITOR_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class ServePageOffers:
    """`sites` is publishable key -> `{"origins": ["https://shop.example.com"], "secrets": [...]}`.

    The hub requests the offers and seals their references with its newest API key.
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
        visitor, trust = self._identify_visitor(body, site)
        query = {"channel": CHANNEL, "placement": placement, "customer": visitor}
        selection = self.offers_api.serve_offers(
            query, self._newest_key(), _name_audience(body), trust
        )
        return {"offers": [_to_page_offer(offer) for offer in selection["offers"]]}

    def record_response(self, body: JsonObject, origin: str) -> str:
        """Takes in a visitor's response and returns the event's id. Raises as `serve_offers`."""
        site = self._authenticate_site(body, origin)
        visitors = list(self._list_visitors(body, site))
        return self.offers_api.record_response(
            body, self._newest_key(), _name_audience(body), visitors
        )

    def is_page(self, body: JsonObject, origin: str) -> bool:
        """Whether `origin` is one of the site that the request names."""
        return self._find_site(body, origin) is not None

    def _authenticate_site(self, body: JsonObject, origin: str) -> JsonObject:
        site = self._find_site(body, origin)
        if site is None:
            raise Unauthorized("no live key of that site's pages")
        return site

    def _find_site(self, body: JsonObject, origin: str) -> JsonObject | None:
        site = self.sites().get(str(body.get("site")))
        is_of_site = isinstance(site, Mapping) and origin and origin in site.get("origins", ())
        return site if is_of_site else None

    def _identify_visitor(self, body: JsonObject, site: JsonObject) -> tuple[dict[str, str], Trust]:
        """Returns the visitor's keys, and whether a token proves who they are."""
        if _is_given(body, "customer"):
            token = self._read_token(body, site)
            token.check_times(self.clock())
            return token.customer, Trust.VOUCHED
        return _read_browser(body), Trust.PUBLIC

    def _list_visitors(self, body: JsonObject, site: JsonObject) -> Iterator[dict[str, str]]:
        """Yields the keys by which a response names its visitor; there may be none.

        A token may have expired since the page got the offer. Somebody may have logged in since, so
        the browser counts too.
        """
        if _is_given(body, "customer"):
            yield self._read_token(body, site).customer
        if _is_given(body, "visitor"):
            yield _read_browser(body)

    def _read_token(self, body: JsonObject, site: JsonObject) -> VisitorToken:
        secrets = _non_empty_texts(site.get("secrets"))
        return parse_visitor_token(body["customer"], secrets, str(body["site"]))

    def _newest_key(self) -> str:
        key = next(iter(self.offers_api.keys()), "")
        if not key:
            raise Unauthorized("there is no API key to seal references with")
        return key


def _is_given(body: JsonObject, field: str) -> bool:
    return body.get(field) not in (None, "")


def _name_audience(body: JsonObject) -> str:
    return name_site_audience(str(body["site"]))


def _read_browser(body: JsonObject) -> dict[str, str]:
    visitor = body.get("visitor")
    if not isinstance(visitor, str) or not VISITOR_PATTERN.fullmatch(visitor):
        raise Rejected("wants 16 to 64 letters, digits, - or _", "visitor")
    return {BROWSER_NAMESPACE: visitor}


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
