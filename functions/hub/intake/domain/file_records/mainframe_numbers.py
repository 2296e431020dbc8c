"""Mainframes' numbers, converted to decimal texts: `-12.50`.

Packed: two digits in a byte, the sign in the last half byte. Zoned: one digit in a byte, the sign
on the last digit, which then looks like a letter.
https://www.ibm.com/docs/en/cobol-zos/6.4.0?topic=data-packed-decimal-comp-3
"""

from hub.kernel.errors import Rejected

_NEGATIVE = "bd"
_POSITIVE = "acef"
_SIGNED_DIGITS = "{ABCDEFGHI", "}JKLMNOPQR"


def parse_packed(field: bytes, decimals: int) -> str:
    """Parses a packed number. Raises `Rejected`."""
    digits, sign = field.hex()[:-1], field.hex()[-1:]
    if not digits.isdigit() or not sign or sign not in _NEGATIVE + _POSITIVE:
        raise Rejected("is not a packed number")
    return _format_decimal(digits, decimals, negative=sign in _NEGATIVE)


def parse_zoned(text: str, decimals: int) -> str:
    """Parses a zoned number, or plain digits with a sign on either side. Raises `Rejected`.

    Blank stays blank.
    """
    digits, negative = text.strip(), False
    if not digits:
        return ""
    for sign, letters in enumerate(_SIGNED_DIGITS):
        if digits[-1] in letters:
            digits, negative = f"{digits[:-1]}{letters.index(digits[-1])}", bool(sign)
    if digits[0] in "+-" or digits[-1] in "+-":
        digits, negative = digits.strip("+-"), "-" in digits
    if not (digits.isascii() and digits.isdigit()):
        raise Rejected("is not a zoned number")
    return _format_decimal(digits, decimals, negative=negative)


def _format_decimal(digits: str, decimals: int, *, negative: bool) -> str:
    whole = digits[: len(digits) - decimals].lstrip("0") or "0"
    fraction = digits[len(digits) - decimals :].rjust(decimals, "0")
    return f"{'-' if negative else ''}{whole}{'.' if decimals else ''}{fraction}"
