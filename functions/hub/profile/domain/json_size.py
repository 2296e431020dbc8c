"""The size of a value as the customer table stores it."""

import json

import orjson

from hub.kernel.json_types import Json


def measure_json(value: Json) -> int:
    """The bytes of the JSON form.

    The standard library measures what orjson refuses, such as a number of more than 64 bits.
    """
    try:
        return len(orjson.dumps(value))
    except TypeError:
        return len(json.dumps(value))
