"""The environment of `dispatch_call`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DispatchCallSettings:
    """`call_centre` is `http` or the ARN of the flow of Amazon Connect. `egress` is `public`, or
    `local` for the emulator."""

    address_refusals_table: str
    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    call_centre: str
    connector_secrets: str
    egress: str
    dead_letters_url: str
    max_receives: int
