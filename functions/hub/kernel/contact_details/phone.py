"""Phone numbers in E.164, the one form in which the hub stores them."""

import re

from hub.kernel.contact_details.country import to_country_code

_INTERNATIONAL_PREFIX = re.compile(r"^\s*00(?=\s*[1-9])")


def to_e164(text: str, country: str | None = None) -> str | None:
    """Converts what people type to `+441632960961`; None if that is not a possible number.

    `country` is that of a number without `+`: a code or a name, such as `GB` or `United Kingdom`.
    Without a country `00` is read as `+`.
    """
    import phonenumbers  # noqa: PLC0415 37 ms that few events need

    region = to_country_code(country) if country else None
    if region is None:
        text = _INTERNATIONAL_PREFIX.sub("+", text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
