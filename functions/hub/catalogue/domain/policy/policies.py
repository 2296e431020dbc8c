"""All live policies, by kind."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, TypeVar

from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


class Policy(Protocol):
    """A kind of policy. `KIND` is its name in rows.

    `SCHEMA` is a part of the JSON Schema of rows: the `properties` that only this kind has, and
    which of them are `required`.
    """

    KIND: ClassVar[str]
    SCHEMA: ClassVar[JsonObject]

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes, /) -> Self:
        """Reads the policy from a row. Adds all problems of the row to the reader."""


P = TypeVar("P", bound=Policy)
V = TypeVar("V")


@dataclass(frozen=True)
class Policies:
    """The live policies. They never change, so what is derived from them is computed once."""

    live: tuple[Policy, ...] = field(default_factory=tuple)

    @classmethod
    def from_policies(cls, policies: Iterable[Policy | None]) -> Self:
        """Takes what `policy_from_row` returned; None is left out."""
        return cls(tuple(policy for policy in policies if policy is not None))

    def of_kind(self, kind: type[P]) -> tuple[P, ...]:
        """The policies of one kind, in the order of their rows."""
        return self._by_kind.get(kind, ())

    def derive(self, kind: type[P], build: Callable[[tuple[P, ...]], V]) -> V:
        """Returns `build(policies)` for the policies of a kind. Calls `build` once.

        `build` must be a function of a module, since the result is stored by it.
        """
        derived: V | None = self._derived.get(build)
        if derived is None:
            derived = self._derived[build] = build(self.of_kind(kind))
        return derived

    @cached_property
    def _by_kind(self) -> Mapping[type, tuple[Any, ...]]:
        by_kind: dict[type, tuple[Any, ...]] = {}
        for policy in self.live:
            by_kind[type(policy)] = (*by_kind.get(type(policy), ()), policy)
        return by_kind

    @cached_property
    def _derived(self) -> dict[Callable[..., Any], Any]:
        return {}


NO_POLICIES = Policies()
