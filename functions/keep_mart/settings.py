"""The environment of `keep_mart`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeepMartSettings:
    mart_table: str
    dead_letters_url: str
    max_receives: int
