"""`holdout`: the customers by whom it is measured what an offer, a strategy or marketing brings."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar, Self

from hub.catalogue.domain.policy.schema import TEXT
from hub.catalogue.domain.policy.scope import (
    ANYTHING,
    PolicyScope,
    read_policy_scope,
    scope_properties,
)
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Holdout:
    """A share of all customers, always the same ones, who do not get an offer, a strategy or, where
    neither is named, any marketing (the universal control group)."""

    KIND: ClassVar[str] = "holdout"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            **scope_properties("offer", "strategy"),
            "percent": {"type": "number", "minimum": 0, "maximum": 100},
            "salt": TEXT,
        },
        "required": ["percent"],
    }
    about: PolicyScope
    percent: float
    salt: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        if "percent" not in reader.row:
            reader.add_problem("percent is missing: it is the share of customers who are held out")
        salt = reader.read_text("salt") or str(reader.row.get("policy_id", ""))
        percent = reader.read_number("percent", 0, most=100)
        return cls(read_policy_scope(reader, "offer", "strategy"), percent, salt)

    @property
    def group_name(self) -> str:
        everybody = self.about == ANYTHING
        return "universal control group" if everybody else f"holdout of {self.about}"

    def includes(self, customer_id: str) -> bool:
        return hash_to_unit_interval(self.salt, customer_id) * 100 < self.percent


def hash_to_unit_interval(salt: str, customer_id: str) -> float:
    """Where between 0 and 1 a customer falls: evenly, for ever, and apart for each salt."""
    name = f"{salt}\0{customer_id}".encode()
    return int.from_bytes(blake2b(name, digest_size=6).digest()) / 2**48


def collect_experiment_names(holdouts: tuple[Holdout, ...]) -> frozenset[str]:
    """The names of what the holdouts try."""
    return frozenset(holdout.salt for holdout in holdouts)
