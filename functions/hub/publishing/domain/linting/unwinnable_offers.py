"""Warnings about offers that no customer can get."""

from collections.abc import Iterator
from datetime import datetime

from hub.catalogue.domain.offer import Offer, OfferStatus
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.expression.domain.rule_index.normal_form import to_normal_form
from hub.model.channels import INBOUND_CHANNELS
from hub.publishing.domain.linting.catalogue_rows import ParsedRows
from hub.publishing.domain.linting.implications import find_contradiction


def find_unwinnable_offers(parsed_rows: ParsedRows, now: datetime) -> Iterator[tuple[str, str]]:
    """Yields offer id and warning of the live offers."""
    for key, offer in parsed_rows.offers.items():
        if offer.status is OfferStatus.LIVE:
            warnings = (
                _explain_end(offer, now),
                _explain_contradiction(offer),
                _explain_missing_request(key, offer, parsed_rows),
            )
            yield from ((key, warning) for warning in warnings if warning)


def _explain_end(offer: Offer, now: datetime) -> str | None:
    if not offer.validity.has_ended_everywhere(now):
        return None
    return f"it ended {offer.validity.describe_end()}, so no customer gets it"


def _explain_contradiction(offer: Offer) -> str | None:
    contradictions = (
        [find_contradiction(row) for row in to_normal_form(offer.eligible.tree)]
        if offer.eligible
        else []
    )
    if not contradictions or not all(contradictions):
        return None
    fields = ", ".join(dict.fromkeys(filter(None, contradictions)))
    return f"eligible can never be true: its tests of {fields} contradict each other"


def _explain_missing_request(key: str, offer: Offer, parsed_rows: ParsedRows) -> str | None:
    """Explains that no rule can request the offer. Inbound channels need no rule."""
    if not offer.treatments.keys().isdisjoint(INBOUND_CHANNELS):
        return None
    requests = [
        verb
        for _, _, verb in parsed_rows.find_verbs(MakeOffer)
        if verb.offer == key or verb.tag in offer.tags
    ]
    if not requests:
        if not offer.tags:
            return "no rule requests it by its id, and it has no tag"
        return f"no rule requests it by its id or by its tag {' or '.join(offer.tags)}"
    channels = {channel for verb in requests for channel in verb.list_channels()}
    if channels.isdisjoint(offer.treatments):
        wanted, existing = ", ".join(sorted(channels)), ", ".join(offer.treatments)
        return f"the rules that request it want {wanted}, but its treatments are for {existing}"
    return None
