"""The environment of `call_endpoint`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallEndpointSettings:
    """`serving` is channel=connector, with blanks between them: `fax=interfax x=x`. `egress` is
    `public`, or `local` for the emulator."""

    address_refusals_table: str
    customers_table: str
    ledger_table: str
    throttles_table: str
    catalogue_bucket: str
    bus_name: str
    connector_secrets: str
    connector_tokens: str
    link_keys: str
    public_url: str
    serving: str
    egress: str
    dead_letters_url: str
    max_receives: int
