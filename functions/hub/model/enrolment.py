"""An enrolment: a customer's membership in one arm of an experiment, and whether it converted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`experiment` is the name of the holdout, and `held_out` the arm. `since` is the time of the
    event that led to the enrolment, and `decided_at` the time of the decision. A second enrolment
    with `converted` follows when the customer reaches the goal."""

    experiment: str
    strategy: str
    held_out: bool
    since: datetime
    decided_at: datetime
    converted: bool = False

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        times = {name: parse_time(data[name]) for name in ("since", "decided_at")}
        return cls(**{**data, **times})

    def to_dict(self) -> dict[str, Json]:
        times = {"since": to_iso(self.since), "decided_at": to_iso(self.decided_at)}
        return {name: getattr(self, name) for name in self.__slots__} | times
