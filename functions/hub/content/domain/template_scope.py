"""What a template may speak of."""

from collections.abc import Mapping
from typing import Any

from hub.catalogue.domain.template import Piece, Template
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.promo_code import code_of

SURROUNDING = ("locale", "time_zone")


def scope_of(
    template: Template, piece: Piece, customer: Customer, **told: Mapping[str, Any]
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
        **told,
    }


def decision_told(action: Action) -> dict[str, str]:
    """`reference` is what links and answers carry, `code` what a till hands back."""
    return {"id": action.decision_id, "reference": action.id, "code": code_of(action.id)}
