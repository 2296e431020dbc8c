"""A letter on paper, and the postal address of a customer."""

from dataclasses import asdict, dataclass
from typing import Self

from hub.kernel.contact_details.country import to_country_code
from hub.kernel.json_types import Json, JsonObject
from hub.model.customer import Customer

MOST_LINES = 6
"""The lines that the window of an envelope shows."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` is plain text; an empty line ends a paragraph. `language` is a tag such as `en-GB`: it
    selects the form of the date. `address` is the lines of the postal address."""

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
    """Returns the lines on the envelope; empty if a name, street, postcode or city is missing.

    Australia, Britain, Ireland and North America write the postcode after the city, all others
    before it. The last line is the country in capitals, if it is known.
    """
    place, person = customer.place, customer.person
    name = " ".join(_clean_line(person.get(n)) for n in ("title", "first_name", "last_name"))
    to = _clean_lines(place.get("recipient")) or _clean_lines(name)
    street, country = _clean_lines(place.get("street")), _clean_line(place.get("country"))
    postcode, city = _clean_line(place.get("postcode")), _clean_line(place.get("city"))
    if not (to and street and postcode and city):
        return ()
    is_after_city = to_country_code(country) in _POSTCODE_AFTER_CITY
    town = f"{city} {postcode}" if is_after_city else f"{postcode} {city}"
    lines = (*to, *street, town, *([country.upper()] if country else []))
    return lines if len(lines) <= MOST_LINES else ()


_POSTCODE_AFTER_CITY = frozenset({"AU", "CA", "GB", "IE", "US"})


def _clean_line(text: object) -> str:
    return " ".join(str(text or "").split())


def _clean_lines(text: object) -> tuple[str, ...]:
    return tuple(line for raw in str(text or "").splitlines() if (line := _clean_line(raw)))
