"""Builds the readers of customers with what their addresses refused."""

from typing import Protocol

from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.steps.attach_refusals import (
    ALL_CHANNELS,
    AttachRefusals,
    CustomersWithRefusals,
)
from hub.profile.adapters.customer_table import Customers


class RefusalSettings(Protocol):
    """The tables that the reader needs."""

    @property
    def address_refusals_table(self) -> str: ...
    @property
    def customers_table(self) -> str: ...


def read_with_refusals(settings: RefusalSettings, *channels: str) -> CustomersWithRefusals:
    """Returns the customers for the last look on these channels, or on all."""
    table = AddressRefusalTable(settings.address_refusals_table)
    attach = AttachRefusals(table).on(channels or ALL_CHANNELS)
    return CustomersWithRefusals(Customers(settings.customers_table), attach)
