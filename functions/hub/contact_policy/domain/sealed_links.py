"""Seals the link to the preference centre in a message, and opens it.

A link works for as long as the secret has its key.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from hub.contact_policy.domain.preference_centre import PreferenceLink
from hub.kernel.errors import NotFound, Rejected, Unavailable
from hub.kernel.json_types import JsonObject
from hub.kernel.tokens.sealed_token import TokenPurpose, seal, unseal
from hub.kernel.tokens.signed_token import read_signed_token
from hub.model.decision import Action

PATH = "/preferences/"
_PURPOSE, _AUDIENCE = TokenPurpose("segue preferences", "p2"), "customer"
_SIGNED_VERSION, _SIGNED_PURPOSE = "p1", b"segue preferences "


def seal_link(link: PreferenceLink, key: str) -> str:
    """Makes the token of a link. The same link has the same token."""
    return seal(_PURPOSE, _AUDIENCE, astuple(link), key)


def open_link(token: object, keys: Sequence[str]) -> PreferenceLink:
    """Opens a token. It may be one of before 0.3, because people have their mails for years.

    Raises `NotFound` if none of the keys sealed it.
    """
    try:
        if str(token).startswith(f"{_SIGNED_VERSION}."):
            facts = read_signed_token(_SIGNED_VERSION, _SIGNED_PURPOSE, token, keys)
            return PreferenceLink(**facts)
        customer_id, channel, action_id = map(str, unseal(_PURPOSE, _AUDIENCE, token, keys))
    except (Rejected, TypeError) as wrong:
        raise NotFound("is not a link of this hub") from wrong
    return PreferenceLink(customer_id, channel, action_id)


@dataclass(frozen=True, slots=True)
class SealedLinks:
    """Makes the links of messages. `base` is the URL of the hub's API. `keys` seal the links, the
    newest first."""

    base: str
    keys: Callable[[], Sequence[str]]

    def build_links(self, action: Action) -> dict[str, str]:
        """Builds `url`, the preference page, and `unsubscribe`, as templates name them.

        Raises `Unavailable` while there is no key, because every message needs an unsubscribe link.
        """
        key = next(iter(self.keys()), "")
        if not key:
            raise Unavailable("there is no key to seal links with")
        token = seal_link(PreferenceLink(action.customer_id, action.channel, action.id), key)
        url = f"{self.base.rstrip('/')}{PATH}{token}"
        return {"url": url, "unsubscribe": url}


def parse_link_keys(secret: JsonObject) -> list[str]:
    """Reads the keys of the secret `{"key": ..., "former": [...]}`, the newest first.

    The stack creates `key`. A rotation moves it to `former`.
    """
    return [key for key in (secret.get("key"), *secret.get("former", ())) if key]
