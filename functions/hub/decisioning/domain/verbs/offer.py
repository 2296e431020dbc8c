"""`offer` has the treatments of every offer with its tag, or of the offer that it names, as
candidates."""

from collections.abc import Iterator, Sequence

from hub.catalogue.domain.candidate import Candidate
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.offer import Offer
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.decisioning.domain.verbs.candidate_finder import IsOfferOpen


def find_candidates(
    verb: MakeOffer, catalogue: Catalogue, is_offer_open: IsOfferOpen
) -> Iterator[Candidate]:
    channels, placement = verb.list_channels(), verb.placement
    for offer in _find_offers(verb, catalogue):
        if is_offer_open(offer):
            for candidate in catalogue.candidates_of(offer):
                if candidate.channel in channels and (
                    not placement or candidate.is_allowed_at(placement)
                ):
                    yield candidate


def _find_offers(verb: MakeOffer, catalogue: Catalogue) -> Sequence[Offer]:
    if verb.offer:
        offer = catalogue.offers.get(verb.offer)
        return (offer,) if offer else ()
    return catalogue.offers_with_tag(verb.tag or "")
