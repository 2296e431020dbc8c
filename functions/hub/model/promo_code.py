"""Promo codes: short codes in messages, which a till or a web shop sends back with the sale.

A check symbol reveals typing errors. There are 31 symbols, a prime, and each place has a weight of
its own, as in an ISBN-10. So one wrong symbol, or two that changed places, never make another valid
code. There are no vowels, so that no code is a word.
"""

from hashlib import blake2b

ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
LENGTH = 8
_BASE = len(ALPHABET)
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_TYPED = str.maketrans({"O": "0", "I": "1", "-": " "})


def derive_promo_code(action_id: str) -> str:
    """Derives the code of an action, such as `RW5R-KJ57`. An action always has the same code."""
    number = int.from_bytes(blake2b(action_id.encode(), digest_size=16).digest())
    values = [number // _BASE**place % _BASE for place in range(LENGTH - 1)]
    code = "".join(ALPHABET[value] for value in [*values, -_sum_by_weight(values) % _BASE])
    return f"{code[:4]}-{code[4:]}"


def is_promo_code(text: object) -> bool:
    """Whether the text, in any spelling, is a valid code of the hub."""
    try:
        values = [_VALUES[symbol] for symbol in normalize_promo_code(text)]
    except KeyError:
        return False
    return len(values) == LENGTH and _sum_by_weight(values) % _BASE == 0


def normalize_promo_code(text: object) -> str:
    """Returns a code of the hub or of a campaign in the form in which codes are compared.

    It has capitals, no hyphens or spaces, and 0 and 1 for the letters that look like them.
    """
    return "".join(str(text).upper().translate(_TYPED).split())


def _sum_by_weight(values: list[int]) -> int:
    """The check symbol is the last place, whose weight is 1."""
    return sum(value * ((LENGTH - place) % _BASE) for place, value in enumerate(values))
