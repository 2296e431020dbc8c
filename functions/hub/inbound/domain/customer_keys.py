"""The keys by which a request names its customer."""

from collections.abc import Mapping

from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject

LARGEST_KEYS = 4000
"""In bytes. The reference of an offer carries the keys of somebody whom the hub does not know."""
NO_KEYS = "wants keys such as {'email': 'ann@example.com'} or 'loyalty#4711'"


def parse_customer_keys(body: JsonObject) -> dict[str, str]:
    """Reads `{"email": "ann@example.com"}`, or one key as text: `email#ann@example.com`.

    Raises `Rejected`.
    """
    keys = body.get("customer")
    if isinstance(keys, str) and "#" in keys:
        namespace, _, value = keys.partition("#")
        keys = {namespace: value}
    if not isinstance(keys, Mapping) or not keys:
        raise Rejected(NO_KEYS, "customer")
    identities = {str(name): value for name, value in keys.items() if isinstance(value, str)}
    if len(identities) < len(keys):
        raise Rejected(NO_KEYS, "customer")
    if len(to_canonical_json(identities).encode()) > LARGEST_KEYS:
        raise Rejected(f"has more than {LARGEST_KEYS} bytes", "customer")
    return identities
