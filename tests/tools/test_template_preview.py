"""What `segue preview` shows: every channel, and a real picture of the mail."""

import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.catalogue.domain.template import Template, read_templates, template_from_row
from hub.content.domain.sample_customers import build_full_customer, build_minimal_customer
from hub.model.customer import Customer
from tests.in_memory import retail_snapshot
from tools.segue.template_preview import ChannelPreview, render_channels, write_previews

OFFER = {"id": "gift-wrap", "name": "Free gift wrapping", "partner": ""}
GREEN = "</p><style>*{background:#00ff00 !important}</style>"
INK, ACCENT, PAPER, GOLD = (0x2B2A33, 0x7A3B4E, 0xF3EFE6, 0xB08D3C)


def thanks() -> Template:
    snapshot = retail_snapshot()
    return read_templates(snapshot["rows"]["templates"], snapshot["html"], {})["thanks-offer"]


def shown_to(customer: Customer, channels: Sequence[str] = ()) -> dict[str, ChannelPreview]:
    said = render_channels(customer, thanks(), OFFER, list(channels) or None)
    return {one.channel: one for one in said}


@pytest.mark.parametrize(
    ("customer", "rule"),
    [
        (build_full_customer("en"), "10% off for gold card holders"),
        (build_minimal_customer("en"), "5% off with your card"),
    ],
)
def test_a_snippet_appears_on_every_channel(customer: Customer, rule: str) -> None:
    shown = shown_to(customer)
    assert shown.keys() == thanks().bodies.keys()
    assert len(shown) == 11
    for channel, one in shown.items():
        assert one.lacking == ""
        for part in one.parts.keys() & {"text", "html", "script"}:
            assert rule in one.parts[part], (channel, part)


def test_a_channel_with_a_missing_value_shows_what_is_missing() -> None:
    row = {
        "template_id": "t",
        "purpose": "service",
        "sms": {"en": {"text": "{{ customer.loyalty.number }}"}},
    }
    [sms] = render_channels(build_minimal_customer("en"), template_from_row(row), OFFER)
    assert sms.to_dict() == {
        "channel": "sms",
        "language": "en",
        "lacking": "text: customer.loyalty.number is not known",
    }


def test_the_mail_is_a_picture_the_letter_a_pdf_and_a_text_has_its_size(tmp_path: Path) -> None:
    """Were the name markup, as it wants to be, the picture would be green."""
    ann = build_full_customer("de").with_changes(person={"first_name": GREEN})
    shown = write_previews(
        [*shown_to(ann, ("email", "sms", "letter", "web")).values()], ann, tmp_path
    )
    files = {one.channel: one.files for one in shown}
    assert [one.language for one in shown] == ["de", "de", "en", "en"]
    assert shown[1].facts["encoding"] == "GSM-7"
    assert Path(files["letter"][-1]).read_bytes().startswith(b"%PDF-")
    assert str(tmp_path / "web.png") in files["web"]
    width, height, colours = picture(tmp_path / "email.png")
    assert width == 680
    assert 500 < height < 1500
    most = sorted(colours, key=lambda colour: colours[colour], reverse=True)
    assert {INK, ACCENT, PAPER, 0xFFFFFF} <= set(most[:6])
    assert colours[GOLD] > 80, "the line for gold cards, three points high"
    assert 0x00FF00 not in colours


def picture(place: Path) -> tuple[int, int, Counter[int]]:
    """Width, height and how many points there are of each colour, of a PNG of eight bits a channel
    that is not interlaced (https://www.w3.org/TR/png-3/)."""
    data, at, body = place.read_bytes(), 8, b""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    while at < len(data):
        (size,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        chunk = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
            assert (depth, colour in (2, 6), interlaced) == (8, True, 0)
        elif kind == b"IDAT":
            body += chunk
        at += 12 + size
    step = 3 if colour == 2 else 4
    rows, before = zlib.decompress(body), bytes(width * step)
    colours = Counter[int]()
    for row in range(height):
        start = row * (width * step + 1)
        line = bytearray(rows[start + 1 : start + 1 + width * step])
        before = bytes(_unfiltered(rows[start], line, before, step))
        points = range(0, len(before), step)
        colours.update(int.from_bytes(before[x : x + 3]) for x in points)
    return width, height, colours


def _unfiltered(kind: int, line: bytearray, above: bytes, step: int) -> bytearray:
    for x in range(len(line)):
        left = line[x - step] if x >= step else 0
        up, corner = above[x], above[x - step] if x >= step else 0
        near = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        line[x] = (line[x] + (0, left, up, (left + up) // 2, near)[kind]) % 256
    return line
