"""Normalizes the identities of an event: usable values in one spelling, reasons for the others."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from hub.identity.domain.merge_rules import MergeRules
from hub.kernel.json_types import JsonObject
from hub.kernel.phone import to_e164

MAX_VALUE_LENGTH = 254

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(\.[^@\s\x00-\x1f\x7f.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """One kind of key. `blocked` are patterns (`unknown@*`) of values that name nobody.

    `strength`: a `strong` key belongs to one person and merges the customers who have it. A
    `shared` key may belong to a household (a phone), and a `temporary` one to a visit or receipt.
    These two name somebody only if no strong key does, and never merge two known customers.
    `priority`: of two keys that contradict each other, the one with the higher number is refused.
    `limit`: the most values of a strong namespace that one person has.
    """

    name: str
    normalize: str
    strength: str
    priority: int
    limit: int = 0
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NormalizedKeys:
    """The normalized identities of an event.

    `keys` are the keys of the table (`email#ann@example.com`), strongest first. `values` is
    namespace -> value, and `dropped` is namespace -> why its value cannot be used.
    """

    keys: tuple[str, ...]
    values: Mapping[str, str]
    dropped: Mapping[str, str]

    @property
    def reason(self) -> str:
        """Why values were dropped, in one line; empty if none was."""
        return "; ".join(f"{namespace} {reason}" for namespace, reason in self.dropped.items())


class Namespaces:
    """The namespaces of `schemas/identity.json`, the strongest first."""

    def __init__(self, namespaces: Iterable[Namespace], rules: MergeRules) -> None:
        self.namespaces = tuple(sorted(namespaces, key=lambda kind: rules.order.index(kind.name)))
        self.limits = rules.limits

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        common = data["blocked"]
        namespaces = (
            Namespace(**{**entry, "blocked": (*common, *entry.get("blocked", ()))})
            for entry in data["namespaces"]
        )
        return cls(namespaces, MergeRules.from_dict(data))

    def normalize_keys(self, identities: Mapping[str, str]) -> NormalizedKeys:
        values: dict[str, str] = {}
        dropped = dict.fromkeys(self._find_unknown(identities), "is no known kind of key")
        for namespace in self.namespaces:
            if namespace.name not in identities:
                continue
            value, reason = _normalize_value(namespace, identities[namespace.name])
            if reason:
                dropped[namespace.name] = reason
            else:
                values[namespace.name] = value
        return NormalizedKeys(
            tuple(f"{name}#{value}" for name, value in values.items()), values, dropped
        )

    def _find_unknown(self, identities: Mapping[str, str]) -> Iterator[str]:
        names = {namespace.name for namespace in self.namespaces}
        return (name for name in identities if name not in names)


def _normalize_value(namespace: Namespace, raw_value: str) -> tuple[str, str]:
    """Returns the value in its one spelling, or why it cannot be used."""
    text = raw_value.strip()
    if any(fnmatchcase(text.casefold(), pattern) for pattern in namespace.blocked):
        return "", "has a value that names nobody"
    value = _NORMALIZERS[namespace.normalize](text) if len(text) <= MAX_VALUE_LENGTH else None
    return (value, "") if value else ("", f"is no {namespace.normalize} of a usable form")


def _normalize_email(text: str) -> str | None:
    lower = text.lower()
    return lower if _EMAIL.fullmatch(lower) else None


def _make_id_normalizer(spelling: Callable[[str], str]) -> Callable[[str], str | None]:
    return lambda text: spelling(text) if text.isprintable() else None


_NORMALIZERS: Mapping[str, Callable[[str], str | None]] = {
    "email": _normalize_email,
    "phone": to_e164,
    "id": _make_id_normalizer(str),
    "upper-case id": _make_id_normalizer(str.upper),
    "lower-case id": _make_id_normalizer(str.lower),
}
