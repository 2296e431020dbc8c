"""Functions of texts, lists and places. A value of another kind gives None or False."""

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

from hub.expression.domain.field_types import TEXT, FieldKind
from hub.expression.domain.function import FLAG, NUMBER, Function
from hub.kernel.json_types import Json

_EARTH_KM = 6371.0088
_LARGEST_ANGLE = 360


def is_known(value: object) -> bool:
    """Whether the value is not missing."""
    return value is not None


def lower(text: object) -> str | None:
    """The text in small letters."""
    return text.lower() if isinstance(text, str) else None


def upper(text: object) -> str | None:
    """The text in capital letters."""
    return text.upper() if isinstance(text, str) else None


def starts_with(text: object, start: object) -> bool:
    """Whether the text begins so."""
    return isinstance(text, str) and isinstance(start, str) and text.startswith(start)


def ends_with(text: object, end: object) -> bool:
    """Whether the text ends so."""
    return isinstance(text, str) and isinstance(end, str) and text.endswith(end)


def contains(text: object, part: object) -> bool:
    """Whether the text has this part."""
    return isinstance(text, str) and isinstance(part, str) and part in text


def size(values: object) -> int | None:
    """How many values a list has, or how many characters a text has."""
    return len(values) if isinstance(values, str | list | tuple) else None


def distance_km(
    latitude: Json, longitude: Json, to_latitude: Json, to_longitude: Json
) -> float | None:
    """Kilometres between two places: latitude and longitude of the one, then of the other.

    The great circle, by the haversine formula. None if one of them is no angle of a place.
    """
    degrees = (latitude, longitude, to_latitude, to_longitude)
    if not all(type(angle) in (int, float) and abs(angle) <= _LARGEST_ANGLE for angle in degrees):
        return None
    north, east, to_north, to_east = map(radians, degrees)
    across = sin((to_east - east) / 2) ** 2 * cos(north) * cos(to_north)
    chord = sin((to_north - north) / 2) ** 2 + across
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, chord)))


_TWO_TEXTS = (FieldKind.TEXT, FieldKind.TEXT)
FUNCTIONS: Mapping[str, Function] = {
    "known": Function(is_known, FLAG, (FieldKind.ANY,)),
    "lower": Function(lower, TEXT, (FieldKind.TEXT,)),
    "upper": Function(upper, TEXT, (FieldKind.TEXT,)),
    "starts_with": Function(starts_with, FLAG, _TWO_TEXTS),
    "ends_with": Function(ends_with, FLAG, _TWO_TEXTS),
    "contains": Function(contains, FLAG, _TWO_TEXTS),
    "size": Function(size, NUMBER, (FieldKind.LIST,)),
    "distance_km": Function(distance_km, NUMBER, (FieldKind.NUMBER,) * 4),
}
