"""The variables that a template may read."""

from hub.catalogue.domain.template import LocalizedTemplate, Template
from hub.kernel.json_types import Json, JsonObject
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.promo_code import derive_promo_code

FORMAT_VARIABLES = ("locale", "time_zone")


def build_scope(
    template: Template, piece: LocalizedTemplate, customer: Customer, **extra: JsonObject
) -> dict[str, Json]:
    """Builds the variables; `extra` are event, offer and others.

    Figures and dates are formatted for the customer's own locale if the piece is in the customer's
    language."""
    language = str(customer.contact.get("language", ""))
    is_same_language = language.partition("-")[0] == piece.language.partition("-")[0]
    return {
        "customer": customer.to_dict(),
        "brand": template.brand,
        "locale": language if is_same_language else piece.language,
        "time_zone": customer.place.get("time_zone", ""),
        **extra,
    }


def describe_decision(action: Action) -> dict[str, str]:
    """Builds the variable `decision`: `reference` is in links and replies, `code` is a promo code
    for tills."""
    return {"id": action.decision_id, "reference": action.id, "code": derive_promo_code(action.id)}
