"""Forms as browsers and mail programs post them, in both media types."""

import json
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata

from hub.kernel.form_body import MOST_FIELDS, is_multipart, parse_fields, parse_form

BOUNDARY = "multipart/form-data; boundary=x"
NAMES = st.text(alphabet="abcXYZ-_.é日", max_size=8)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
FIELDS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=5)


@given(FIELDS)
def test_both_media_types_give_the_same_fields(fields: list[tuple[str, str]]) -> None:
    encoded = urlencode(fields).encode()
    assert parse_fields(encoded) == fields
    assert parse_fields(encoded, "application/x-www-form-urlencoded; charset=UTF-8") == fields
    body, content_type = encode_multipart_formdata(fields)
    assert parse_fields(body, content_type) == fields
    assert parse_form(body, content_type) == parse_form(encoded)


@given(st.binary(max_size=200), st.sampled_from([BOUNDARY, "multipart/form-data", "", "text/x"]))
def test_any_body_is_a_form_or_a_value_error(body: bytes, content_type: str) -> None:
    for wrapped in (body, b"--x\r\n" + body + b"\r\n--x--"):
        try:
            parse_form(wrapped, content_type)
        except ValueError:
            continue


PART = b'--x\r\nContent-Disposition: form-data; name="a"%s\r\n\r\n1\r\n'


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (PART % b"" + b"--x--\r\n", [("a", "1")]),
        (b"preamble\r\n" + PART % b"" + b"--x--", [("a", "1")]),
        ((PART % b"" + b"--x--").replace(b"\r\n", b"\n"), [("a", "1")]),
        (PART % b'; filename="f.txt"' + PART % b"" + b"--x--", [("a", "1")]),
        (PART % b"" + PART % b"", [("a", "1"), ("a", "1")]),
    ],
)
def test_a_multipart_form_is_read_as_the_rfc_has_it(
    body: bytes, fields: list[tuple[str, str]]
) -> None:
    assert parse_fields(body, BOUNDARY) == fields
    assert is_multipart('Multipart/Form-Data;boundary="x"')


def nested(depth: int) -> bytes:
    """Parts within parts."""
    form: MIMEText | MIMEMultipart = MIMEText("1")
    for _ in range(depth):
        form = MIMEMultipart(_subparts=[form])
    return b"--x\r\nContent-Disposition: form-data; name=a\r\n" + form.as_bytes() + b"\r\n--x--"


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"--x\r\n\r\n1\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--',
        PART % b"" * (MOST_FIELDS + 1),
        nested(3),
        b"".join(
            b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (n, n + 1)
            for n in range(3000)
        ).replace(b"--0\r\n", b"--x\r\n", 1),
    ],
)
def test_what_is_no_multipart_form_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"has |utf-8"):
        parse_fields(body, BOUNDARY)


def test_fields_that_occur_twice_are_a_list() -> None:
    assert json.dumps(parse_form(b"a=1&a=2&b=")) == '{"a": ["1", "2"], "b": ""}'
    assert parse_fields(b"", BOUNDARY) == []
