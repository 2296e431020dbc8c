"""The port to what addresses refused."""

from collections.abc import Collection
from typing import Protocol

from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.kernel.contact_details.address_refusals import AddressRefusals


class AddressRefusalStore(Protocol):
    """The latest word of each address, by its key, for each purpose."""

    def find(self, keys: Collection[str]) -> AddressRefusals:
        """Finds which of the addresses refuse what. Reads consistently.

        Raises `Unavailable` if it cannot be read: then nothing may be sent.
        """

    def record(self, statement: AddressStatement) -> None:
        """Stores the statement, unless a later word of the address is stored."""
