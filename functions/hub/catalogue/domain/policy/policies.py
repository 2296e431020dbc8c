"""All policies that are live, by what they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, TypeVar

from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


class Policy(Protocol):
    """A kind of policy: `KIND` is what rows call it. `SCHEMA` are the `properties` that its rows
    have beside those of all policies, and which of them are `required`."""

    KIND: ClassVar[str]
    SCHEMA: ClassVar[JsonObject]

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes, /) -> Self:
        """Adds all problems of the row to the reader."""


P = TypeVar("P", bound=Policy)
V = TypeVar("V")


@dataclass(frozen=True)
class Policies:
    """What is asked of them is worked out once, as they never change."""

    live: tuple[Policy, ...] = field(default_factory=tuple)

    @classmethod
    def from_policies(cls, policies: Iterable[Policy | None]) -> Self:
        return cls(tuple(policy for policy in policies if policy is not None))

    def of_kind(self, kind: type[P]) -> tuple[P, ...]:
        return self._by_kind.get(kind, ())

    def derive(self, kind: type[P], build: Callable[[tuple[P, ...]], V]) -> V:
        """What `build`, a function of a module, makes of the policies of a kind: built once."""
        found: V | None = self._derived.get(build)
        if found is None:
            found = self._derived[build] = build(self.of_kind(kind))
        return found

    @cached_property
    def _by_kind(self) -> Mapping[type, tuple[Any, ...]]:
        found: dict[type, tuple[Any, ...]] = {}
        for policy in self.live:
            found[type(policy)] = (*found.get(type(policy), ()), policy)
        return found

    @cached_property
    def _derived(self) -> dict[Callable[..., Any], Any]:
        return {}


NO_POLICIES = Policies()
