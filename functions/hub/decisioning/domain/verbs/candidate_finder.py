"""The type of the functions that find the candidates of a verb."""

from collections.abc import Callable, Iterator
from typing import Any

from hub.catalogue.domain.candidate import Candidate
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.offer import Offer

IsOfferOpen = Callable[[Offer], bool]
"""Whether an offer passes the gates that do not depend on channel and rule."""
FindCandidates = Callable[[Any, Catalogue, IsOfferOpen], Iterator[Candidate]]
"""Takes the verb, the catalogue and the check of offers."""
