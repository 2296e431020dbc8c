"""Forms as browsers and vendors post them: application/x-www-form-urlencoded.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded
"""

from urllib.parse import parse_qsl

MOST_FIELDS = 1000


def parse_fields(body: bytes) -> list[tuple[str, str]]:
    """The form's fields in order. Raises ValueError for what is no form, or not UTF-8."""
    if not body:
        return []
    return parse_qsl(
        body.decode(),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=MOST_FIELDS,
    )


def parse_object(body: bytes) -> dict[str, str | list[str]]:
    """The form as a JSON object; a field that comes several times is a list. Raises ValueError."""
    found: dict[str, list[str]] = {}
    for name, value in parse_fields(body):
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
