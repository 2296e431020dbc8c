"""The ports to the customers, their event marks and the mart."""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.profile.domain.mart_row import MartRow


class Customers(Protocol):
    """The customer table. Each item holds a customer and, as outbox, the episode that wrote it."""

    def read(self, customer_id: str) -> Customer | None:
        """Reads the customer or, if they were absorbed, the survivor, who has another id."""

    def read_all(self, customer_ids: Iterable[str]) -> dict[str, Customer]:
        """Reads the customer of each id as `read` does. An unknown id gives an empty customer."""

    def write(self, customer: Customer, episode: Episode) -> None:
        """Stores `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class EventMarks(Protocol):
    """The marks of applied events that no longer fit in their customers. They are kept 90 days."""

    def find(self, marks: Collection[str]) -> frozenset[str]:
        """Returns those that were stored, as of now: no store that has returned is missed."""

    def store(self, marks: Collection[str]) -> None:
        """Stores the marks. Storing a mark again prolongs it."""


class CustomerScan(Protocol):
    """A scan of the whole customer table."""

    def scan(self) -> Iterator[Customer]:
        """Yields each customer once, in no order, without aliases of absorbed customers.

        Never all customers are in memory. A customer who is written meanwhile comes as before or
        as after that write.
        """


class Mart(Protocol):
    """The CRM's mart: one row of each customer, by the mart's own key."""

    def store(self, row: MartRow) -> None:
        """Stores the row. A row that is older than the stored one changes nothing."""
