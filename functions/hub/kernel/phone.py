"""Phone numbers in the one form they are known by."""


def to_e164(text: str, region: str | None = None) -> str | None:
    """`+441632960961` for what people type; None where it is no possible number.

    `region` (`GB`) is the country in which a number without `+` was dialled.
    """
    import phonenumbers  # noqa: PLC0415 37 ms that few events need

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
