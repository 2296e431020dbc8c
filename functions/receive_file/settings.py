"""The environment of `receive_file`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceiveFileSettings:
    bus_name: str
    files_bucket: str
    retry_queue_url: str
    events_queue_url: str
    customer_queue_url: str
    dead_letters_url: str
    max_receives: int
