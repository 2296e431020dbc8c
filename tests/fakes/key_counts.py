"""The counts of events by public key and minute, in memory."""

from collections import Counter
from datetime import datetime


class KeyCounts:
    def __init__(self) -> None:
        self.counts: Counter[tuple[str, datetime]] = Counter()

    def add(self, key: str, minute: datetime, events: int) -> int:
        self.counts[key, minute] += events
        return self.counts[key, minute]
