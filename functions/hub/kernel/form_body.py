"""Bodies of forms as browsers and vendors post them: application/x-www-form-urlencoded.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded
"""

from urllib.parse import parse_qsl

MOST_FIELDS = 1000


def parse_fields(body: bytes) -> list[tuple[str, str]]:
    """Returns the form's fields in order. Raises ValueError for any other body."""
    if not body:
        return []
    return parse_qsl(
        body.decode(),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=MOST_FIELDS,
    )


def parse_form(body: bytes) -> dict[str, str | list[str]]:
    """Returns the form as a JSON object. Raises ValueError.

    A field that occurs several times is a list.
    """
    fields: dict[str, list[str]] = {}
    for name, value in parse_fields(body):
        fields.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}
