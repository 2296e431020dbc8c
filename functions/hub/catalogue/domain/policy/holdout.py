"""`holdout`: customers who are left out, so that the effect on the others can be measured."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar, Self

from hub.catalogue.domain.policy.schema import TEXT
from hub.catalogue.domain.policy.scope import (
    ANYTHING,
    PolicyScope,
    build_scope_properties,
    read_policy_scope,
)
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Holdout:
    """A share of all customers, always the same ones, who get nothing of an offer or a strategy.

    If it names neither, they get no marketing at all: it is the universal control group.
    """

    KIND: ClassVar[str] = "holdout"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            **build_scope_properties("offer", "strategy"),
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
        """The name of the control group, as receipts give it."""
        is_universal = self.about == ANYTHING
        return "universal control group" if is_universal else f"holdout of {self.about}"

    def includes(self, customer_id: str) -> bool:
        """Whether the customer is in the control group."""
        return hash_to_unit_interval(self.salt, customer_id) * 100 < self.percent


def hash_to_unit_interval(salt: str, customer_id: str) -> float:
    """Computes a number from 0 to below 1 from the customer id, always the same.

    The numbers of all customers are distributed evenly, and independently for each salt.
    """
    name = f"{salt}\0{customer_id}".encode()
    return int.from_bytes(blake2b(name, digest_size=6).digest()) / 2**48


def collect_experiment_names(holdouts: tuple[Holdout, ...]) -> frozenset[str]:
    """The names of the experiments that the holdouts make."""
    return frozenset(holdout.salt for holdout in holdouts)
