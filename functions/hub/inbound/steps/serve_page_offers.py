"""A public page asks: with a key that anybody may read, for a visitor whom it cannot name itself.

The key counts only on the pages of its site. Who the visitor is says a random name of their browser
or a token that the site's server signed. The page is told what to show, and nothing else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.inbound.domain.visitor_token import read_customer_token
from hub.inbound.steps.serve_offers import Answerer
from hub.kernel.errors import Rejected, Unauthorized
from hub.platform.ports import Clock

CHANNEL = "web"
BROWSER = "cookie"
A_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Pages:
    """`sites` gives, by publishable key, `{"origins": ["https://shop.example.com"], "secrets":
    [...]}`. Offers are asked for, and their references signed, with an asker's own key."""

    answerer: Answerer
    sites: Callable[[], Mapping[str, Any]]
    clock: Clock

    def offers(self, asked: Mapping[str, Any], origin: str) -> dict[str, Any]:
        """Raises `Unauthorized`, or `Rejected` with the field that is wrong."""
        site, placement = self._site(asked, origin), asked.get("placement")
        if not isinstance(placement, str) or not placement:
            raise Rejected("wants the name of a placement", "placement")
        question = {"channel": CHANNEL, "placement": placement, "customer": self._who(asked, site)}
        told = self.answerer.offers(question, self._key())
        return {"offers": [_shown(offer) for offer in told["offers"]]}

    def response(self, said: Mapping[str, Any], origin: str) -> str:
        self._site(said, origin)
        return self.answerer.response(said, self._key())

    def _site(self, said: Mapping[str, Any], origin: str) -> Mapping[str, Any]:
        site = self.sites().get(str(said.get("site")))
        if not isinstance(site, Mapping) or not origin or origin not in site.get("origins", ()):
            raise Unauthorized("no live key of that site's pages")
        return site

    def _who(self, asked: Mapping[str, Any], site: Mapping[str, Any]) -> dict[str, str]:
        if token := asked.get("customer"):
            return read_customer_token(token, _texts(site.get("secrets")), self.clock())
        visitor = asked.get("visitor")
        if not isinstance(visitor, str) or not A_VISITOR.fullmatch(visitor):
            raise Rejected("wants 16 to 64 letters, digits, - or _", "visitor")
        return {BROWSER: visitor}

    def _key(self) -> str:
        key = next(iter(self.answerer.keys()), "")
        if not key:
            raise Unauthorized("there is no asker's key to sign references with")
        return key


def _shown(offer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "offer": offer["offer"],
        "html": offer["content"].get("html", ""),
        "reference": offer["reference"],
    }


def _texts(said: Any) -> Sequence[str]:
    """An empty secret would sign everything."""
    return [one for one in said if isinstance(one, str) and one] if isinstance(said, list) else []
