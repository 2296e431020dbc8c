"""The keys of addresses: one for all spellings of an address."""

from hub.kernel.contact_details.email_address import normalize_email
from hub.kernel.digest import digest

KEY_BYTES = 15


def normalize_address(address: str) -> str:
    """Returns the key of an address, which all its spellings have in common.

    Profiles and records of failures from before version 0.3 have addresses in other spellings.
    """
    return normalize_email(address) or address.strip().lower()


def make_address_key(channel: str, address: str) -> str:
    """Returns the key of an address on a channel: 20 characters that do not show the address."""
    return digest(f"{channel}#{normalize_address(address)}", KEY_BYTES)
