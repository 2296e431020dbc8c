"""`call` has one candidate: its template as the script of a call."""

from collections.abc import Iterator

from hub.catalogue.domain.candidate import Candidate, list_template_candidates
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.channel_cost import ChannelCost, map_costs
from hub.catalogue.domain.verbs.call import PlaceCall
from hub.decisioning.domain.verbs.candidate_finder import IsOfferOpen
from hub.model.channels import CALL_CHANNEL


def find_candidates(verb: PlaceCall, catalogue: Catalogue, _: IsOfferOpen) -> Iterator[Candidate]:
    """Raises `Rejected` if the catalogue does not have the template."""
    template = catalogue.get_template(verb.template)
    costs = catalogue.policies.derive(ChannelCost, map_costs)
    return list_template_candidates(
        verb, template, costs, channels=(CALL_CHANNEL,), queue=verb.queue, reason=verb.reason
    )
