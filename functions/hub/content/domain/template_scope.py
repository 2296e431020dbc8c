"""What a template may speak of."""

from collections.abc import Mapping
from typing import Any

from hub.catalogue.domain.template import LocalizedTemplate, Template
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.promo_code import derive_promo_code

FORMAT_VARIABLES = ("locale", "time_zone")


def build_scope(
    template: Template, piece: LocalizedTemplate, customer: Customer, **extra: Mapping[str, Any]
) -> dict[str, Any]:
    """`told` are event, offer and whatever else there is. Figures and dates are written as where
    the customer lives, as far as the piece speaks their language."""
    theirs = str(customer.contact.get("language", ""))
    same = theirs.partition("-")[0] == piece.language.partition("-")[0]
    return {
        "customer": customer.to_dict(),
        "brand": template.brand,
        "locale": theirs if same else piece.language,
        "time_zone": customer.place.get("time_zone", ""),
        **extra,
    }


def describe_decision(action: Action) -> dict[str, str]:
    """`reference` is what links and answers carry, `code` what a till hands back."""
    return {"id": action.decision_id, "reference": action.id, "code": derive_promo_code(action.id)}
