"""The ports to what addresses refused, and to the links of messages."""

from collections.abc import Collection, Mapping
from typing import Protocol

from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.kernel.contact_details.address_refusals import AddressRefusals
from hub.model.decision import Action


class AddressRefusalStore(Protocol):
    """The latest word of each address, by its key, for each purpose."""

    def find(self, keys: Collection[str]) -> AddressRefusals:
        """Finds which of the addresses refuse what. Reads consistently.

        Raises `Unavailable` if it cannot be read: then nothing may be sent.
        """

    def record(self, statement: AddressStatement) -> None:
        """Stores the statement, unless a later word of the address is stored."""


class PreferenceLinks(Protocol):
    """The links of messages to the preference centre.

    Channels know them by this port, because what seals links is large and most channels send none.
    """

    def build_links(self, action: Action) -> Mapping[str, str]:
        """Builds `url`, the preference page, and `unsubscribe`, as templates name them.

        Raises `Unavailable` while there is no key to seal links with.
        """
