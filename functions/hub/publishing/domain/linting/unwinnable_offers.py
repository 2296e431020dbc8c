"""Offers that can never win, because they never get into the running."""

from collections.abc import Iterator
from datetime import datetime

from hub.catalogue.domain.offer import Offer, OfferStatus
from hub.catalogue.domain.verb import wanted_channels
from hub.expression.domain.rule_index.normal_form import alternatives
from hub.kernel.times import iso
from hub.model.channels import INBOUND, OUTBOUND
from hub.publishing.domain.linting.catalogue_rows import Score
from hub.publishing.domain.linting.implications import clash


def winning_warnings(score: Score, now: datetime) -> Iterator[tuple[str, str]]:
    """Offer id and warning, of the live offers."""
    for key, offer in score.offers.items():
        if offer.status is OfferStatus.LIVE:
            found = (_ended(offer, now), _contradicted(offer), _unasked(key, offer, score))
            yield from ((key, warning) for warning in found if warning)


def _ended(offer: Offer, now: datetime) -> str | None:
    if offer.ends is None or now < offer.ends:
        return None
    return f"it ended at {iso(offer.ends)}, so it is not made"


def _contradicted(offer: Offer) -> str | None:
    clashes = [clash(row) for row in alternatives(offer.eligible.tree)] if offer.eligible else []
    if not clashes or not all(clashes):
        return None
    wanted = ", ".join(dict.fromkeys(filter(None, clashes)))
    return f"eligible can never be true: what it asks of {wanted} contradicts itself"


def _unasked(key: str, offer: Offer, score: Score) -> str | None:
    """Where customers come to us, offers are asked for without a rule."""
    if not offer.treatments.keys().isdisjoint(INBOUND):
        return None
    asking = [
        words
        for _, _, _, words in score.verbs("offer")
        if words.get("offer") == key or words.get("tag") in offer.tags
    ]
    if not asking:
        tags = f"tag {' or '.join(offer.tags)}" if offer.tags else "tag, as it has none"
        return f"no rule asks for it, neither by its name nor by its {tags}"
    wanted = {channel for words in asking for channel in wanted_channels(words, OUTBOUND)}
    if wanted.isdisjoint(offer.treatments):
        has = ", ".join(offer.treatments)
        return f"the rules that ask for it want {', '.join(sorted(wanted))}, and it has {has}"
    return None
