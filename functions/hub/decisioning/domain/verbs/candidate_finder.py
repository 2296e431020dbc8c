"""How the verbs that send something to the customer say what they could send."""

from collections.abc import Callable, Iterator
from typing import Any

from hub.catalogue.domain.candidate import Candidate
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.offer import Offer

IsOfferOpen = Callable[[Offer], bool]
"""Whether every gate is open to an offer, wherever it is made."""
FindCandidates = Callable[[Any, Catalogue, IsOfferOpen], Iterator[Candidate]]
"""Takes the verb and the catalogue."""
