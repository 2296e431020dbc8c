"""E-mail addresses: every spelling of one address gives one key, and different addresses do not."""

import unicodedata
from collections.abc import Callable
from itertools import zip_longest
from urllib.parse import quote

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.contact_details.email_address import list_former_spellings, normalize_email

Spelling = Callable[[str], str]

_INVISIBLE = "\u200b\u2060\ufeff\u00ad\u200e\u202a\u034f\ufe0f"
_letters = st.text("abcdefghijlostuxyz0189éüåжд日", min_size=1, max_size=8)
_locals = st.lists(_letters, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(".-_+").map(lambda mark: mark.join(parts))
)
_domains = st.lists(_letters, min_size=1, max_size=2).map(lambda labels: ".".join([*labels, "com"]))
_addresses = st.tuples(_locals, _domains)


def to_turkish_capitals(text: str) -> str:
    return text.replace("i", "\u0130").upper()


def to_full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def to_punycode(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{idna.encode(domain).decode()}"


def lower_in_turkish(address: str) -> str:
    """Of the local part only: a domain with the other letter is another domain."""
    local, _, domain = address.rpartition("@")
    return f"{local.replace('i', chr(0x131))}@{domain}"


_case: st.SearchStrategy[Spelling] = st.sampled_from(
    [str.lower, str.upper, str.title, to_turkish_capitals, lower_in_turkish, to_punycode]
)
_form: st.SearchStrategy[Spelling] = st.sampled_from(
    [
        *(lambda text, form=form: unicodedata.normalize(form, text) for form in ("NFC", "NFD")),
        to_full_width,
    ]
)
_hidden: st.SearchStrategy[Spelling] = st.lists(
    st.sampled_from(["", "", *_INVISIBLE]), max_size=20
).map(
    lambda hidden: (
        lambda text: "".join(a + b for a, b in zip_longest(text, hidden[: len(text)], fillvalue=""))
    )
)
_around: st.SearchStrategy[Spelling] = st.sampled_from(
    [
        str,
        "  {} ".format,
        "<{}>".format,
        "Ann <{}>".format,
        '"Bell, Ann" <{}>,'.format,
        "{} (Ann)".format,
        "{}.".format,
        "mailto:{}".format,
        lambda text: f"MAILTO:{quote(text)}?subject=Hello",
        "Ann <mailto:{}>;".format,
    ]
)
_spellings = st.tuples(_case, _form, _hidden, _around)


@given(_addresses, _spellings)
def test_every_spelling_of_an_address_gives_its_key(
    address: tuple[str, str], steps: tuple[Spelling, ...]
) -> None:
    local, domain = address
    text = f"{local}@{domain}"
    for step in steps:
        text = step(text)
    assert normalize_email(text) == f"{local}@{idna.encode(domain).decode()}"


@given(_addresses, _addresses)
def test_different_addresses_have_different_keys(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    keys = {normalize_email("@".join(address)) for address in (one, other)}
    assert None not in keys
    assert len(keys) == len({one, other})


_texts = st.text() | st.tuples(st.text(min_size=1), st.text(min_size=1)).map(
    lambda parts: f"{parts[0]}@{parts[1]}.com"
)


@given(_texts)
def test_a_key_is_its_own_key(text: str) -> None:
    key = normalize_email(text)
    assert key is None or normalize_email(key) == key


@given(_addresses, _spellings)
def test_the_key_of_version_0_2_is_among_the_former_ones(
    address: tuple[str, str], steps: tuple[Spelling, ...]
) -> None:
    """It took blanks away and lower case, in the Unicode form and encoding that came."""
    local, domain = address
    text = f"{local}@{domain}"
    stored = {
        unicodedata.normalize(form, f"{local}@{spelled}")
        for form in ("NFC", "NFD")
        for spelled in (domain, idna.encode(domain).decode())
    }
    for step in steps:
        text = step(text)
    assert stored <= {normalize_email(text), *list_former_spellings(text)}


@pytest.mark.parametrize(
    "text",
    ["Ann", "ann@localhost", "ann@@example.com", "a b@example.com", "@example.com", "", "<>"],
)
def test_what_is_no_address_has_no_key(text: str) -> None:
    assert normalize_email(text) is None
    assert list_former_spellings(text) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@strasse.example", "ann@straße.example"),
        ("ann@hotmail.com", "ann@hotma\u0131l.com"),
        ("ann@نامه\u200cای.com", "ann@نامهای.com"),
        ("a.nn@example.com", "ann@example.com"),
        ("ann+shop@example.com", "ann@example.com"),
    ],
)
def test_what_mail_servers_tell_apart_stays_apart(one: str, other: str) -> None:
    assert normalize_email(one) != normalize_email(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ann@😊.ws", "ann@xn--o28h.ws"),
        ("ann@xn--o28h.ws", "ann@xn--o28h.ws"),
        ("ann@my_host.example", "ann@my_host.example"),
        ("\u03a3\u0391\u03a3@example.com", "\u03c3\u03b1\u03c3@example.com"),
        ("\u03c3\u03b1\u03c2@example.com", "\u03c3\u03b1\u03c3@example.com"),
        ('"ann"@example.com', "ann@example.com"),
        ("ann@exa\u200dmple.com", "ann@example.com"),
    ],
)
def test_unusual_addresses_have_a_key(text: str, key: str) -> None:
    assert normalize_email(text) == key
