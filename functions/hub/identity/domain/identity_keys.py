"""Normalizes the identities of an event: usable values in one spelling, reasons for the others."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Self

from hub.identity.domain.merge_rules import MergeRules
from hub.identity.domain.salesforce_id import list_former_ids, to_long_id
from hub.kernel.contact_details.email_address import (
    LONGEST_SPELLING,
    list_former_spellings,
    normalize_email,
)
from hub.kernel.contact_details.phone import to_e164
from hub.kernel.json_types import JsonObject

MAX_VALUE_LENGTH = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """One kind of key. `blocked` are patterns (`unknown@*`) of values that name nobody.

    `strength`: a `strong` key belongs to one person and merges the customers who have it. A
    `shared` key may belong to a household (a phone), and a `temporary` one to a visit or receipt.
    These two name somebody only if no strong key does, and never merge two known customers.
    `priority`: of two keys that contradict each other, the one with the higher number is refused.
    `limit`: the most values of a strong namespace that one person has.
    `bearer`: the value is a random one that a browser or app makes for itself, so that whoever has
    it may speak for that visitor.
    """

    name: str
    normalize: str
    strength: str
    priority: int
    limit: int = 0
    blocked: tuple[str, ...] = ()
    bearer: bool = False


@dataclass(frozen=True, slots=True)
class NormalizedKeys:
    """The normalized identities of an event.

    `keys` are the keys of the table (`email#ann@example.com`), strongest first. `values` is
    namespace -> value, and `dropped` is namespace -> why its value cannot be used. `former` is key
    -> the keys that the hub made of the same value until version 0.2. `previous` are keys that the
    person had before; they count only if a customer has them.
    """

    keys: tuple[str, ...]
    values: Mapping[str, str]
    dropped: Mapping[str, str]
    former: Mapping[str, tuple[str, ...]]
    previous: tuple[str, ...] = ()

    @property
    def possible_keys(self) -> tuple[str, ...]:
        """All keys that are to be looked up."""
        former = (key for keys in self.former.values() for key in keys)
        return (*self.keys, *former, *self.previous)

    def list_telling_keys(self, owned: Container[str]) -> tuple[str, ...]:
        """The keys with those of the former and previous keys that are `owned`.

        A former key comes before its key, so that its owner keeps their place before the limit
        counts. Previous keys come last, because they give way if the limit is reached.
        """
        keys = [
            name
            for key in self.keys
            for name in (*(f for f in self.former.get(key, ()) if f in owned), key)
        ]
        return (*keys, *(key for key in self.previous if key in owned and key not in keys))

    @property
    def reason(self) -> str:
        """Why values were dropped, in one line; empty if none was."""
        return "; ".join(f"{namespace} {reason}" for namespace, reason in self.dropped.items())


class Namespaces:
    """The namespaces of `schemas/identity.json`, the strongest first."""

    def __init__(self, namespaces: Iterable[Namespace], rules: MergeRules) -> None:
        self.namespaces = tuple(sorted(namespaces, key=lambda kind: rules.order.index(kind.name)))
        self.limits = rules.limits
        self.bearers = tuple(kind.name for kind in self.namespaces if kind.bearer)

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        common = data["blocked"]
        namespaces = (
            Namespace(**{**entry, "blocked": (*common, *entry.get("blocked", ()))})
            for entry in data["namespaces"]
        )
        return cls(namespaces, MergeRules.from_dict(data))

    def normalize_keys(
        self, identities: Mapping[str, str], previous: Mapping[str, str] = MappingProxyType({})
    ) -> NormalizedKeys:
        """Normalizes the identities, and the `previous` ones, of which it drops the unusable."""
        values: dict[str, str] = {}
        former: dict[str, tuple[str, ...]] = {}
        dropped = dict.fromkeys(self._find_unknown(identities), "is no known kind of key")
        for namespace in self.namespaces:
            if namespace.name not in identities:
                continue
            value, reason = _normalize_value(namespace, identities[namespace.name])
            if reason:
                dropped[namespace.name] = reason
            else:
                values[namespace.name] = value
                if others := _list_former_values(namespace, identities[namespace.name]):
                    former[_make_key(namespace.name, value)] = tuple(
                        _make_key(namespace.name, other) for other in others
                    )
        keys = tuple(_make_key(name, value) for name, value in values.items())
        earlier = self.normalize_keys(previous).possible_keys if previous else ()
        return NormalizedKeys(keys, values, dropped, former, earlier)

    def _find_unknown(self, identities: Mapping[str, str]) -> Iterator[str]:
        names = {namespace.name for namespace in self.namespaces}
        return (name for name in identities if name not in names)


def _make_key(namespace: str, value: str) -> str:
    return f"{namespace}#{value}"


def _normalize_value(namespace: Namespace, raw_value: str) -> tuple[str, str]:
    """Returns the value in its one spelling, or why it cannot be used."""
    text = raw_value.strip()
    value = _NORMALIZERS[namespace.normalize](text) if len(text) <= LONGEST_SPELLING else None
    if any(_is_blocked(spelling, namespace) for spelling in (text, value or text)):
        return "", "has a value that names nobody"
    if value and len(value) <= MAX_VALUE_LENGTH:
        return value, ""
    return "", f"is no {namespace.normalize} of a usable form"


def _is_blocked(spelling: str, namespace: Namespace) -> bool:
    return any(fnmatchcase(spelling.casefold(), pattern) for pattern in namespace.blocked)


def _list_former_values(namespace: Namespace, raw_value: str) -> tuple[str, ...]:
    list_values = _FORMER_VALUES.get(namespace.normalize)
    return list_values(raw_value) if list_values else ()


def _make_id_normalizer(spelling: Callable[[str], str]) -> Callable[[str], str | None]:
    return lambda text: spelling(text) if text.isprintable() else None


_NORMALIZERS: Mapping[str, Callable[[str], str | None]] = {
    "email": normalize_email,
    "phone": to_e164,
    "id": _make_id_normalizer(str),
    "salesforce id": _make_id_normalizer(to_long_id),
    "upper-case id": _make_id_normalizer(str.upper),
    "lower-case id": _make_id_normalizer(str.lower),
}
_FORMER_VALUES: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "email": list_former_spellings,
    "salesforce id": list_former_ids,
}
