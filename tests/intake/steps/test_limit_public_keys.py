"""What is over the limit of a public key is parked; a refusal never is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.intake.steps.limit_public_keys import LimitPublicKeys
from hub.model.inbound_payload import InboundPayload
from tests import fakes
from tests.factories import NOON, an_event

MOST = 5
REFUSAL = {"consent": {"email": {"marketing": False}}}
arrivals = st.tuples(st.sampled_from(("", "a", "b")), st.integers(0, 2), st.booleans())


@given(st.lists(st.lists(arrivals, max_size=8), max_size=6))
def test_each_key_has_its_events_in_each_minute(batches: list[list[tuple[str, int, bool]]]) -> None:
    limit = LimitPublicKeys(fakes.KeyCounts(), MOST)
    taken: dict[tuple[str, int], int] = {}
    sent: dict[tuple[str, int], int] = {}
    for batch in batches:
        received = [
            (
                InboundPayload(
                    id="d",
                    source="segment",
                    received_at=NOON + timedelta(minutes=minute, seconds=9),
                    correlation_id="k",
                    key=key,
                ),
                an_event(traits=REFUSAL if is_refusal else {}),
            )
            for key, minute, is_refusal in batch
        ]
        over = limit(received)
        for index, (key, minute, is_refusal) in enumerate(batch):
            if not key or is_refusal:
                assert index not in over
            else:
                sent[key, minute] = sent.get((key, minute), 0) + 1
                taken[key, minute] = taken.get((key, minute), 0) + (index not in over)
    assert taken == {each: min(count, MOST) for each, count in sent.items()}
