"""What addresses refused."""

from collections.abc import Collection

from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.kernel.contact_details.address_refusals import AddressRefusals
from hub.kernel.errors import HubError


class AddressRefusalStore:
    """`reads` counts the calls. While there is an `outage`, every call raises it."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, str]] = {}
        self.reads = 0
        self.outage: HubError | None = None

    def find(self, keys: Collection[str]) -> AddressRefusals:
        self._fail_in_outage()
        self.reads += 1
        return AddressRefusals.from_proofs({key: dict(self.items.get(key, {})) for key in keys})

    def record(self, statement: AddressStatement) -> None:
        self._fail_in_outage()
        proofs = self.items.setdefault(statement.key, {})
        proofs[statement.purpose] = max(statement.proof, proofs.get(statement.purpose, ""))

    def _fail_in_outage(self) -> None:
        if self.outage:
            raise self.outage
