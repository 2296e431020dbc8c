"""Phone numbers in E.164, the one form in which the hub stores them."""


def to_e164(text: str, region: str | None = None) -> str | None:
    """Converts what people type to `+441632960961`; None if that is not a possible number.

    `region` (`GB`) is the country of a number without `+`.
    """
    import phonenumbers  # noqa: PLC0415 37 ms that few events need

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
