"""Offers that can never win, because they never get into the running."""

from collections.abc import Iterator
from datetime import datetime

from hub.catalogue.domain.offer import Offer, OfferStatus
from hub.catalogue.domain.verb import select_channels
from hub.expression.domain.rule_index.normal_form import to_normal_form
from hub.kernel.times import to_iso
from hub.model.channels import INBOUND_CHANNELS, OUTBOUND_CHANNELS
from hub.publishing.domain.linting.catalogue_rows import ParsedRows
from hub.publishing.domain.linting.implications import find_contradiction


def find_unwinnable_offers(parsed_rows: ParsedRows, now: datetime) -> Iterator[tuple[str, str]]:
    """Offer id and warning, of the live offers."""
    for key, offer in parsed_rows.offers.items():
        if offer.status is OfferStatus.LIVE:
            found = (
                _explain_ended(offer, now),
                _explain_contradiction(offer),
                _explain_unrequested(key, offer, parsed_rows),
            )
            yield from ((key, warning) for warning in found if warning)


def _explain_ended(offer: Offer, now: datetime) -> str | None:
    if offer.ends is None or now < offer.ends:
        return None
    return f"it ended at {to_iso(offer.ends)}, so it is not made"


def _explain_contradiction(offer: Offer) -> str | None:
    clashes = (
        [find_contradiction(row) for row in to_normal_form(offer.eligible.tree)]
        if offer.eligible
        else []
    )
    if not clashes or not all(clashes):
        return None
    wanted = ", ".join(dict.fromkeys(filter(None, clashes)))
    return f"eligible can never be true: what it asks of {wanted} contradicts itself"


def _explain_unrequested(key: str, offer: Offer, parsed_rows: ParsedRows) -> str | None:
    """Where customers come to us, offers are asked for without a rule."""
    if not offer.treatments.keys().isdisjoint(INBOUND_CHANNELS):
        return None
    asking = [
        words
        for _, _, _, words in parsed_rows.find_verbs("offer")
        if words.get("offer") == key or words.get("tag") in offer.tags
    ]
    if not asking:
        tags = f"tag {' or '.join(offer.tags)}" if offer.tags else "tag, as it has none"
        return f"no rule asks for it, neither by its name nor by its {tags}"
    wanted = {channel for words in asking for channel in select_channels(words, OUTBOUND_CHANNELS)}
    if wanted.isdisjoint(offer.treatments):
        has = ", ".join(offer.treatments)
        return f"the rules that ask for it want {', '.join(sorted(wanted))}, and it has {has}"
    return None
