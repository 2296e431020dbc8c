"""Ports: the customers and the mart."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.profile.domain.mart_row import MartRow


class Customers(Protocol):
    """The customer table: one item a customer, whose outbox is the episode that wrote it."""

    def read(self, customer_id: str) -> Customer | None:
        """The customer, or whom they were merged into, whose id is then another."""

    def read_all(self, customer_ids: Iterable[str]) -> dict[str, Customer]:
        """By each id asked what `read` gives, or a customer of that id of whom nothing is known."""

    def write(self, customer: Customer, episode: Episode) -> None:
        """Stores it as `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class CustomerScan(Protocol):
    """The customer table from end to end, for what is asked of all of it."""

    def scan(self) -> Iterator[Customer]:
        """Each customer once, in no order, never all in memory; those who were merged into another
        are that other. One who is written in the meantime comes as before or as after."""


class Mart(Protocol):
    """The CRM's mart, a row a customer by the mart's own key."""

    def store(self, row: MartRow) -> None:
        """A row that comes late changes nothing."""
