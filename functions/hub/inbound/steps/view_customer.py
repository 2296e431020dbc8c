"""View: what is known of a customer, for who holds a live key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from hub.identity.steps.find_customer import Finder
from hub.kernel.constant_time import is_any, utf8
from hub.kernel.errors import Rejected, Unknown
from hub.profile.domain.single_customer_view import best_view
from hub.profile.ports import Customers

NOTHING = "nobody is known by that key, or whoever asks may not know"


@dataclass(frozen=True, slots=True)
class Viewer:
    """`keys` are the live API keys. Without one nothing is looked up at all, so neither the answer
    nor the time it takes tells who is a customer."""

    find: Finder
    customers: Customers
    keys: Callable[[], Sequence[str]]

    def __call__(self, path: Mapping[str, str], key: str) -> dict[str, Any]:
        """The best view of whom `path` names by `namespace` and `value`. Raises `Unknown`."""
        if not key or not is_any(map(utf8, self.keys()), [key]):
            raise Unknown(NOTHING)
        try:
            found = self.find({path["namespace"]: unquote(path["value"])})
        except (KeyError, Rejected) as wrong:
            raise Unknown(NOTHING) from wrong
        customer = self.customers.read(found) if found else None
        if customer is None:
            raise Unknown(NOTHING)
        return best_view(customer)
