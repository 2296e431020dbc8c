"""Shows the single customer view to a client with a live API key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from hub.identity.steps.find_customer import FindCustomer
from hub.kernel.constant_time import is_any_equal, to_utf8
from hub.kernel.errors import NotFound, Rejected
from hub.kernel.json_types import Json
from hub.profile.domain.single_customer_view import build_single_customer_view
from hub.profile.ports import Customers

NOT_FOUND = "nobody is known by that key, or whoever asks may not know"


@dataclass(frozen=True, slots=True)
class ViewCustomer:
    """`keys` are the live API keys.

    Without one the hub looks nothing up, so neither the response nor its time reveals who is a
    customer.
    """

    find: FindCustomer
    customers: Customers
    keys: Callable[[], Sequence[str]]

    def __call__(self, path: Mapping[str, str], key: str) -> dict[str, Json]:
        """Returns the view of the customer whom `path` names by `namespace` and `value`.

        Raises `NotFound`, whatever the reason.
        """
        if not key or not is_any_equal(map(to_utf8, self.keys()), [key]):
            raise NotFound(NOT_FOUND)
        try:
            customer_id = self.find({path["namespace"]: unquote(path["value"])})
        except (KeyError, Rejected) as wrong:
            raise NotFound(NOT_FOUND) from wrong
        customer = self.customers.read(customer_id) if customer_id else None
        if customer is None:
            raise NotFound(NOT_FOUND)
        return build_single_customer_view(customer)
