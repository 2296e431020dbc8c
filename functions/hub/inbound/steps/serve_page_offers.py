"""A public page asks: with a key that anybody may read, for a visitor whom it cannot name itself.

The key counts only on the pages of its site. Who the visitor is says a random name of their browser
or a token that the site's server signed. The page is told what to show, and nothing else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.inbound.domain.visitor_token import parse_visitor_token
from hub.inbound.steps.serve_offers import ServeOffers
from hub.kernel.errors import Rejected, Unauthorized
from hub.platform.ports import Clock

CHANNEL = "web"
BROWSER_NAMESPACE = "cookie"
VISITOR_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class ServePageOffers:
    """`sites` gives, by publishable key, `{"origins": ["https://shop.example.com"], "secrets":
    [...]}`. Offers are asked for, and their references signed, with an asker's own key."""

    offers_api: ServeOffers
    sites: Callable[[], Mapping[str, Any]]
    clock: Clock

    def serve_offers(self, body: Mapping[str, Any], origin: str) -> dict[str, Any]:
        """Raises `Unauthorized`, or `Rejected` with the field that is wrong."""
        site, placement = self._authenticate_site(body, origin), body.get("placement")
        if not isinstance(placement, str) or not placement:
            raise Rejected("wants the name of a placement", "placement")
        question = {
            "channel": CHANNEL,
            "placement": placement,
            "customer": self._identify_visitor(body, site),
        }
        told = self.offers_api.serve_offers(question, self._signing_key())
        return {"offers": [_to_page_offer(offer) for offer in told["offers"]]}

    def record_response(self, body: Mapping[str, Any], origin: str) -> str:
        self._authenticate_site(body, origin)
        return self.offers_api.record_response(body, self._signing_key())

    def _authenticate_site(self, said: Mapping[str, Any], origin: str) -> Mapping[str, Any]:
        site = self.sites().get(str(said.get("site")))
        if not isinstance(site, Mapping) or not origin or origin not in site.get("origins", ()):
            raise Unauthorized("no live key of that site's pages")
        return site

    def _identify_visitor(
        self, asked: Mapping[str, Any], site: Mapping[str, Any]
    ) -> dict[str, str]:
        if token := asked.get("customer"):
            return parse_visitor_token(token, _non_empty_texts(site.get("secrets")), self.clock())
        visitor = asked.get("visitor")
        if not isinstance(visitor, str) or not VISITOR_PATTERN.fullmatch(visitor):
            raise Rejected("wants 16 to 64 letters, digits, - or _", "visitor")
        return {BROWSER_NAMESPACE: visitor}

    def _signing_key(self) -> str:
        key = next(iter(self.offers_api.keys()), "")
        if not key:
            raise Unauthorized("there is no asker's key to sign references with")
        return key


def _to_page_offer(offer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "offer": offer["offer"],
        "html": offer["content"].get("html", ""),
        "reference": offer["reference"],
    }


def _non_empty_texts(said: Any) -> Sequence[str]:
    """An empty secret would sign everything."""
    return [one for one in said if isinstance(one, str) and one] if isinstance(said, list) else []
