"""The environment of `dispatch`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    actions_topic: str
    archive_bucket: str
    capacity_table: str
    identities_table: str
    ledger_table: str
    merges_table: str
    decisions_table: str
    bus_name: str
    customer_queue_arn: str
    customer_queue_url: str
    schedule_group: str
    schedule_role_arn: str
    schedule_dead_letters_arn: str
    retry_queue_url: str
    dead_letters_url: str
    max_receives: int
