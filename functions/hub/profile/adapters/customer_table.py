"""The customer table: one read for a batch of events, one conditional PutItem for each customer."""

import logging
from collections.abc import Iterable

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.errors import OverLimit
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.platform.adapters import clock
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors
from hub.platform.ports import Clock
from hub.profile.domain.profile_limits import MOST_STATE

LARGE_STATE = 24 * 1024
MOST_OUTBOX = 180 * 1024
_READ_ATTRIBUTES = ["customer_id", "state"]

_logger = logging.getLogger("segue.customers")


class CustomerItem(TableModel):
    """One customer. `state` and `outbox` are JSON, because no query needs their fields and JSON is
    cheaper to decode."""

    customer_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    state = UnicodeAttribute()
    outbox = UnicodeAttribute()
    updated_at = UnicodeAttribute()


class Customers:
    """`hub.profile.ports.Customers` in DynamoDB."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._item = bind_table(CustomerItem, table)
        self._now = now

    @translate_errors()
    def read(self, customer_id: str) -> Customer | None:
        try:
            item = self._item.get(
                customer_id, consistent_read=True, attributes_to_get=_READ_ATTRIBUTES
            )
        except self._item.DoesNotExist:
            return None
        return self._follow_merge(item)

    def _follow_merge(self, item: CustomerItem) -> Customer | None:
        state = orjson.loads(item.state)
        into = state.get("merged_into")
        return self.read(into) if into else Customer.from_dict(state)

    @translate_errors()
    def read_all(self, customer_ids: Iterable[str]) -> dict[str, Customer]:
        customers = {name: Customer(customer_id=name) for name in customer_ids}
        for item in self._item.batch_get(
            list(customers), consistent_read=True, attributes_to_get=_READ_ATTRIBUTES
        ):
            customers[item.customer_id] = self._follow_merge(item) or customers[item.customer_id]
        return customers

    @translate_errors()
    def write(self, customer: Customer, episode: Episode) -> None:
        version = customer.version + 1
        item = self._item(
            customer.customer_id,
            version=version,
            state=to_json({**customer.to_dict(), "version": version}),
            outbox=to_json(episode.to_dict()),
            updated_at=to_iso(self._now()),
        )
        _check_size(item)
        new = self._item.customer_id.does_not_exist()
        item.save(self._item.version == customer.version if customer.version else new)


def size_in_bytes(customer: Customer) -> int:
    """The bytes that a customer's state takes in the table."""
    return len(to_json(customer.to_dict()).encode())


def _check_size(item: CustomerItem) -> None:
    """Checks that the state before and the outbox together fit in a message of the retry queue.

    Raises `OverLimit` if they do not.
    """
    state, outbox = len(item.state.encode()), len(item.outbox.encode())
    if state > MOST_STATE or outbox > MOST_OUTBOX:
        raise OverLimit(f"the customer would take {state} bytes and its outbox {outbox}")
    if state > LARGE_STATE:
        _logger.warning(
            "customer is large", extra={"customer_id": item.customer_id, "bytes": state}
        )
