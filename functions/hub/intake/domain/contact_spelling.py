"""The one spelling of the addresses that a source states, so that later steps compare texts."""

from hub.kernel.contact_details.email_address import normalize_email
from hub.kernel.contact_details.phone import to_e164
from hub.kernel.json_types import Json, JsonObject


def normalize_contact(traits: JsonObject) -> dict[str, Json]:
    """Returns the traits with e-mail address and phone number in their one spelling.

    A national phone number is one of the country in `place.country`. What is no address or number
    of a usable form stays as it is.
    """
    contact, place = traits.get("contact"), traits.get("place")
    if not isinstance(contact, dict):
        return dict(traits)
    country = place.get("country") if isinstance(place, dict) else None
    spelled = dict(contact)
    if isinstance(email := contact.get("email"), str):
        spelled["email"] = normalize_email(email) or email
    if isinstance(phone := contact.get("phone"), str):
        spelled["phone"] = to_e164(phone, country if isinstance(country, str) else None) or phone
    return {**traits, "contact": spelled}
