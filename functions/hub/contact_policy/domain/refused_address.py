"""Whether an address refused a message, by the refusals that are known of it."""

from collections.abc import Mapping

from hub.kernel.contact_details.address_key import make_address_key
from hub.kernel.contact_details.address_refusals import DELIVERY, AddressRefusals


def find_refusal_proofs(refusals: AddressRefusals, channel: str, address: str) -> Mapping[str, str]:
    """Finds the proofs of the refusals of an address, by purpose."""
    return refusals.by_key.get(make_address_key(channel, address), {})


def check_refused_address(
    refusals: AddressRefusals, channel: str, purpose: str, address: str
) -> str | None:
    """Returns why no message of the purpose may go to the address, or None."""
    if not refusals:
        return None
    proofs = find_refusal_proofs(refusals, channel, address)
    if proof := proofs.get(purpose):
        return f"the address refused {purpose} on {channel} at {_read_time(proof)}"
    if proof := proofs.get(DELIVERY):
        return f"the address failed for good on {channel} at {_read_time(proof)}"
    return None


def _read_time(proof: str) -> str:
    return proof.partition(" ")[0]
