"""The environment of `learn`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LearnSettings:
    learned_table: str
    lessons_table: str
    dead_letters_url: str
    max_receives: int
