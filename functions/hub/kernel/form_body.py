"""Bodies of forms as browsers, mail programs and vendors post them: both media types of HTML.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded
https://www.rfc-editor.org/rfc/rfc7578 (multipart/form-data)
"""

from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import parse_qsl

MOST_FIELDS = 1000
_MULTIPART = "multipart/form-data"


def parse_fields(body: bytes, content_type: str = "") -> list[tuple[str, str]]:
    """Returns the form's fields in order, without its files. Raises ValueError for any other body.

    A body whose `content_type` is not that of a multipart form is read as URL-encoded.
    """
    if not body:
        return []
    if is_multipart(content_type):
        return list(_parse_multipart(body, content_type))
    return parse_qsl(
        body.decode(),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=MOST_FIELDS,
    )


def is_multipart(content_type: str) -> bool:
    """Whether a header says that the body is a multipart form."""
    return content_type.partition(";")[0].strip().lower() == _MULTIPART


def parse_form(body: bytes, content_type: str = "") -> dict[str, str | list[str]]:
    """Returns the form as a JSON object. Raises ValueError.

    A field that occurs several times is a list.
    """
    fields: dict[str, list[str]] = {}
    for name, value in parse_fields(body, content_type):
        fields.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def _parse_multipart(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    header = " ".join(content_type.split())
    try:
        form = message_from_string(f"Content-Type: {header}\r\n\r\n{body.decode()}")
    except RecursionError as error:
        raise ValueError("has parts within parts without end") from error
    parts = form.get_payload()
    if not isinstance(parts, list):
        raise ValueError("has no parts")  # noqa: TRY004 the body is wrong, not its type
    if len(parts) > MOST_FIELDS:
        raise ValueError("has too many fields")
    for part in parts:
        if isinstance(part, Message) and part.get_filename() is None:
            yield _read_part(part)


def _read_part(part: Message) -> tuple[str, str]:
    name = part.get_param("name", header="content-disposition")
    content = part.get_payload()
    if name is None or not isinstance(content, str):
        raise ValueError("has a part that is no field")
    return collapse_rfc2231_value(name), content
