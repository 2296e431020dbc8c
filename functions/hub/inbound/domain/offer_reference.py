"""The reference of an offer that the hub served: a later impression or response names it.

It carries all that the hub has to know of the offer, so the hub looks nothing up. It is sealed with
the client's API key: nobody else reads it, changes it or makes one up. It is good for the audience
that got it, the applications or one site, and for nobody else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from hub.decisioning.domain.arbitration import SelectedCandidate
from hub.expression.domain import Scope
from hub.inbound.domain.answer_ids import (
    derive_decision_id,
    derive_event_id,
    derive_reference_id,
)
from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected
from hub.kernel.tokens.packed_facts import Fact
from hub.kernel.tokens.sealed_token import TokenPurpose, seal, unseal
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure

APPLICATIONS = "applications"
"""The audience of clients with an API key. They share it, because a rotation changes the key."""
_PURPOSE = TokenPurpose("segue offer reference", "r2")
_DIGEST_BYTES = 6
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


def name_site_audience(site: str) -> str:
    """The audience of the pages of the site with that public key."""
    return f"site {site}"


@dataclass(frozen=True, slots=True)
class OfferReference:
    """`customer_id` is empty for somebody unknown, whom `identities` name. Of a known customer,
    `asked_for` is the digest of the keys in the request. The time of `exposure` is to the
    millisecond."""

    request_id: str
    customer_id: str
    exposure: Exposure
    category: str = ""
    placement: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    asked_for: str = ""

    @property
    def id(self) -> str:
        """Unique for each decision and offer."""
        return derive_reference_id(self.decision_id, self.exposure.arm.offer)

    @property
    def decision_id(self) -> str:
        return derive_decision_id(self.customer_id, self.correlation_id)

    @property
    def correlation_id(self) -> str:
        return derive_event_id(self.request_id)

    def was_requested_for(self, identities: Mapping[str, str]) -> bool:
        """Whether the offer was requested for these very keys."""
        asked_for = digest_keys(self.identities) if self.identities else self.asked_for
        return asked_for == digest_keys(identities)

    def to_token(self, key: str, audience: str) -> str:
        return seal(_PURPOSE, audience, self._list_facts(), key)

    def _list_facts(self) -> Iterator[Fact]:
        exposure = self.exposure
        yield from (*exposure.arm, self.category, self.placement)
        yield from (self.customer_id, self.request_id, self.asked_for)
        yield (exposure.at - _EPOCH) // _MILLISECOND
        yield int(exposure.half_life.total_seconds())
        yield len(exposure.bins)
        yield from exposure.bins
        for namespace_and_value in self.identities.items():
            yield from namespace_and_value


def build_reference(
    selected: SelectedCandidate,
    scope: Scope,
    identities: Mapping[str, str],
    half_life: timedelta,
) -> OfferReference:
    """Builds the reference of an offer that was selected for `identities`."""
    candidate, draw, event = selected.ranked.candidate, selected.ranked.draw, scope.event
    arm = Arm(candidate.subject, candidate.channel)
    exposure = Exposure(arm, draw.bins if draw else (), scope.now, half_life)
    return OfferReference(
        request_id=event.id.removeprefix(derive_event_id("")),
        customer_id=event.customer_id,
        exposure=exposure,
        category=candidate.category,
        placement=str(event.properties["placement"]),
        identities={} if event.customer_id else dict(identities),
        asked_for=digest_keys(identities) if event.customer_id else "",
    )


def digest_keys(identities: Mapping[str, str]) -> str:
    return digest(to_canonical_json(dict(identities)), _DIGEST_BYTES)


def parse_offer_reference(text: object, keys: Sequence[str], audience: str) -> OfferReference:
    """Reads a reference.

    Raises `Rejected` for a text that none of `keys` sealed for this audience.
    """
    try:
        facts = iter(unseal(_PURPOSE, audience, text, keys))
    except Rejected as wrong:
        raise Rejected("is no reference of an answer of ours", "reference") from wrong
    offer, channel, category, placement, customer_id, request_id, asked_for = _take_texts(facts, 7)
    at, half_life, bin_count = (int(fact) for fact in islice(facts, 3))
    bins = _take_texts(facts, bin_count)
    return OfferReference(
        request_id=request_id,
        customer_id=customer_id,
        exposure=Exposure(
            Arm(offer, channel), bins, _EPOCH + at * _MILLISECOND, timedelta(seconds=half_life)
        ),
        category=category,
        placement=placement,
        identities={str(namespace): str(next(facts)) for namespace in facts},
        asked_for=asked_for,
    )


def _take_texts(facts: Iterator[Fact], count: int) -> tuple[str, ...]:
    return tuple(str(fact) for fact in islice(facts, count))
