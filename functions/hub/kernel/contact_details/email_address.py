"""E-mail addresses: one spelling for all ways in which people and systems write the same address.

RFC 5322 has the form, RFC 6068 `mailto:`, RFC 8265 (UsernameCaseMapped) the case of the local part,
and UTS #46 with RFC 5891 the domain, in the ASCII form that mail servers take.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from urllib.parse import unquote

LONGEST_ADDRESS = 254
LONGEST_SPELLING = 1_000
"""The most characters of an address with its display name."""

_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(\.[^@\s\x00-\x1f\x7f.]+)+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>[\s,;]*$")
_COMMENT = re.compile(r"\([^()]*\)[\s,;]*$")
_NEEDLESS_QUOTES = re.compile(r'"([^"\\@\s]+)"')
_JOINERS = "\u200c\u200d"
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
"""Those that Unicode ignores by default (Default_Ignorable_Code_Point), beside its formats (Cf)."""
_CAPITAL_I_WITH_DOT, _SMALL_I_WITHOUT_DOT = "\u0130", "\u0131"
_I_WITH_SECOND_DOT = "i\u0307"
_SIGMA, _FINAL_SIGMA = "\u03c3", "\u03c2"
_ONE_LOWER_CASE = str.maketrans(
    {_CAPITAL_I_WITH_DOT: "i", _SMALL_I_WITHOUT_DOT: "i", _FINAL_SIGMA: _SIGMA}
)


def normalize_email(text: str) -> str | None:
    """Returns the one spelling of the address, such as `ann@xn--mller-kva.example`.

    It takes `Ann <ann@example.com>` and `mailto:ann@example.com`, any case, any Unicode form, and
    invisible characters. None if that is no address of a usable form.
    """
    if len(text) > LONGEST_SPELLING:
        return None
    address = _unwrap(text)
    if _PLAIN.fullmatch(address):
        address = address.lower()
    else:
        local, at, domain = address.rpartition("@")
        address = f"{_normalize_local_part(local)}{at}{_normalize_domain(domain)}"
    is_usable = len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address)
    return address if is_usable else None


def list_former_spellings(text: str) -> tuple[str, ...]:
    """The other spellings under which the hub kept the address until version 0.2.

    It then only removed the blanks around an address and took lower case.
    """
    address = normalize_email(text)
    if address is None:
        return ()
    local, _, domain = address.rpartition("@")
    written = text.strip().lower()
    spellings = {written} if len(written) <= LONGEST_ADDRESS else set()
    if not address.isascii() or "xn--" in domain:
        forms = product(_list_forms(local), (domain, *_list_forms(_to_unicode(domain))))
        spellings |= {f"{one}@{other}" for one, other in forms}
    return tuple(sorted(s for s in spellings - {address} if _ADDRESS.fullmatch(s)))


def _unwrap(text: str) -> str:
    """Returns the address without display name, comment and scheme."""
    address = _clean(text)
    while True:
        if match := _IN_BRACKETS.search(address):
            inner = match[1]
        elif match := _COMMENT.search(address):
            inner = address[: match.start()]
        elif address[:7].lower() == "mailto:":
            inner = unquote(address[7:].partition("?")[0])
        else:
            return address
        address = _clean(inner)


def _clean(text: str) -> str:
    """Returns the text in NFKC, without invisible characters, blanks and commas at its ends.

    The two joiners stay for now, because some domains differ by them.
    """
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        shown = (c for c in text if c in _JOINERS or unicodedata.category(c) != "Cf")
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", "".join(shown)))
    return text.strip(f" \t\r\n\v\f,;{_JOINERS}")


def _normalize_local_part(local: str) -> str:
    """Takes lower case alike in every language.

    A Turkish system writes `info` with a dot on the capital, and the lower case of `INFO` without.
    """
    local = _NEEDLESS_QUOTES.sub(r"\1", local)
    before = ""
    while before != local:
        before = local
        local = _remove_joiners(local).translate(_ONE_LOWER_CASE).lower()
        local = local.translate(_ONE_LOWER_CASE).replace(_I_WITH_SECOND_DOT, "i")
        local = unicodedata.normalize("NFKC", local)
    return local


def _normalize_domain(domain: str) -> str:
    domain = domain.replace(_CAPITAL_I_WITH_DOT, "i").rstrip(".")
    if domain.isascii():
        return domain.lower()
    import idna  # noqa: PLC0415 4 ms and 10 MB that few addresses need

    try:
        mapped = idna.uts46_remap(domain, std3_rules=False, transitional=False)
    except idna.IDNAError:
        mapped = unicodedata.normalize("NFKC", domain.lower())
    return ".".join(_to_ascii(label) for label in mapped.rstrip(".").split("."))


def _to_ascii(label: str) -> str:
    """A label that IDNA 2008 forbids, such as one of emoji, gets the same encoding unchecked."""
    import idna  # noqa: PLC0415 see above

    if label.isascii():
        return label
    without_joiners = _remove_joiners(label)
    for spelling in (label, without_joiners):
        try:
            return idna.alabel(spelling).decode()
        except idna.IDNAError:
            continue
    if without_joiners.isascii():
        return without_joiners
    return f"xn--{without_joiners.encode('punycode').decode()}"


def _remove_joiners(text: str) -> str:
    return "".join(character for character in text if character not in _JOINERS)


def _to_unicode(domain: str) -> str:
    return ".".join(_decode_label(label) for label in domain.split("."))


def _decode_label(label: str) -> str:
    try:
        return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _list_forms(text: str) -> Iterator[str]:
    return (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
