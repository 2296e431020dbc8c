"""The variables that a template may read."""

from hub.catalogue.domain.template import LocalizedTemplate, Template
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.language_tag import parse_language_tag
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.promo_code import derive_promo_code

FORMAT_VARIABLES = ("locale", "time_zone")


def build_scope(
    template: Template, piece: LocalizedTemplate, customer: Customer, **extra: JsonObject
) -> dict[str, Json]:
    """Builds the variables; `extra` are event, offer and others.

    Figures and dates are formatted as `choose_locale` says."""
    return {
        "customer": customer.to_dict(),
        "brand": template.brand,
        "locale": choose_locale(piece.language, customer),
        "time_zone": customer.place.get("time_zone", ""),
        **extra,
    }


def choose_locale(text_language: str, customer: Customer) -> str:
    """Chooses the tag by which figures and dates are formatted in a text: `en-GB`.

    The language is the text's, in the customer's own variety if the customer has the same one. If
    neither names a country, it is the one where the customer lives.
    """
    own, text = (
        parse_language_tag(customer.contact.get("language")),
        parse_language_tag(text_language),
    )
    is_same = own.language == text.language and (own.script or text.script) == (
        text.script or own.script
    )
    chosen = own if is_same else text
    country = parse_language_tag(f"und-{customer.place.get('country', '')}").region
    return str(chosen._replace(region=chosen.region or text.region or country))


def describe_decision(action: Action) -> dict[str, str]:
    """Builds the variable `decision`: `reference` is in links and replies, `code` is a promo code
    for tills."""
    return {"id": action.decision_id, "reference": action.id, "code": derive_promo_code(action.id)}
