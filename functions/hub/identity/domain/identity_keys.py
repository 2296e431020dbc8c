"""Identity hygiene: which of the values a source gives can name a person, and in what spelling."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Self

from hub.identity.domain.merge_rules import MergeRules
from hub.kernel.phone import to_e164

MAX_VALUE_LENGTH = 254

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(\.[^@\s\x00-\x1f\x7f.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """One kind of key. `blocked` are patterns (`unknown@*`) of values that name nobody.

    `strength`: a `strong` key names one person and ties all that is known by it; a `shared` one may
    be a household's (a phone); a `temporary` one is a visit's or a receipt's. The latter two name
    somebody only where nothing strong does, and never make one person of two that are known.
    `priority`: of two keys that contradict each other the one with the higher number gives way.
    `limit`: the most values of a strong kind that one person has.
    """

    name: str
    normalize: str
    strength: str
    priority: int
    limit: int = 0
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NormalizedKeys:
    """What an event's identities come to: the table's keys (`email#ann@example.com`) strongest
    first, the values behind them by namespace, and why the others were dropped."""

    keys: tuple[str, ...]
    values: Mapping[str, str]
    dropped: Mapping[str, str]

    @property
    def reason(self) -> str:
        """Why values were dropped, in one line; empty when none was."""
        return "; ".join(f"{namespace} {why}" for namespace, why in self.dropped.items())


class Namespaces:
    """The known kinds of keys, the strongest first (`schemas/identity.json`)."""

    def __init__(self, namespaces: Iterable[Namespace], rules: MergeRules) -> None:
        self.namespaces = tuple(sorted(namespaces, key=lambda kind: rules.order.index(kind.name)))
        self.limits = rules.limits

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        common = data["blocked"]
        known = (
            Namespace(**{**entry, "blocked": (*common, *entry.get("blocked", ()))})
            for entry in data["namespaces"]
        )
        return cls(known, MergeRules.from_dict(data))

    def normalize_keys(self, identities: Mapping[str, str]) -> NormalizedKeys:
        values: dict[str, str] = {}
        dropped = dict.fromkeys(self._find_unknown(identities), "is no known kind of key")
        for namespace in self.namespaces:
            if namespace.name not in identities:
                continue
            value, why = _clean(namespace, identities[namespace.name])
            if why:
                dropped[namespace.name] = why
            else:
                values[namespace.name] = value
        return NormalizedKeys(
            tuple(f"{name}#{value}" for name, value in values.items()), values, dropped
        )

    def _find_unknown(self, identities: Mapping[str, str]) -> Iterator[str]:
        names = {namespace.name for namespace in self.namespaces}
        return (name for name in identities if name not in names)


def _clean(namespace: Namespace, given: str) -> tuple[str, str]:
    """The value in its one spelling, or why it is none."""
    text = given.strip()
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
