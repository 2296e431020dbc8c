"""A letter on paper: who it is for, in the lines of an address, and what it says."""

from dataclasses import asdict, dataclass
from typing import Self

from hub.kernel.json_types import Json, JsonObject
from hub.model.customer import Customer

MOST_LINES = 6
"""What an envelope's window shows."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` is plain, an empty line ends a paragraph; `language` is a BCP 47 tag and chooses how
    the date is written."""

    subject: str
    text: str
    address: tuple[str, ...]
    language: str = "en"

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(**{**data, "address": tuple(data["address"])})

    def to_dict(self) -> dict[str, Json]:
        return {**asdict(self), "address": list(self.address)}


def postal_address(customer: Customer) -> tuple[str, ...]:
    """As it stands on the envelope; empty as long as a name, street, postcode or city is missing.

    Where Britain, Ireland and North America write the postcode behind the city, all others write
    it before. The country stands last, in capitals, as it is known.
    """
    place, person = customer.place, customer.person
    named = " ".join(filter(None, (person.get(n) for n in ("title", "first_name", "last_name"))))
    to = _clean_lines(place.get("recipient")) or _clean_lines(named)
    street, country = _clean_lines(place.get("street")), _clean_line(place.get("country"))
    postcode, city = _clean_line(place.get("postcode")), _clean_line(place.get("city"))
    if not (to and street and postcode and city):
        return ()
    town = f"{city} {postcode}" if country.upper() in _POSTCODE_AFTER_CITY else f"{postcode} {city}"
    lines = (*to, *street, town, *([country.upper()] if country else []))
    return lines if len(lines) <= MOST_LINES else ()


_POSTCODE_AFTER_CITY = frozenset(
    {
        *("AU", "CA", "GB", "IE", "UK", "US", "USA"),
        *("AUSTRALIA", "CANADA", "EIRE", "IRELAND", "UNITED KINGDOM", "UNITED STATES"),
    }
)


def _clean_line(text: object) -> str:
    return " ".join(str(text or "").split())


def _clean_lines(text: object) -> tuple[str, ...]:
    return tuple(line for each in str(text or "").splitlines() if (line := _clean_line(each)))
