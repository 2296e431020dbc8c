"""The mart's own rows are kept as the latest batch told them."""

from typing import Any

from hub.kernel.errors import Rejected
from hub.kernel.queue_message import QueueMessage
from hub.model.event import Event
from hub.profile.steps.store_mart_rows import StoreMartRows
from tests import fakes
from tests.factories import an_event

ROW = {"key": "4711", "through": "2026-11-21", "count": 4, "spent": 120, "currency": "GBP"}


def kept(*events: Event) -> tuple[fakes.Mart, dict[str, Any]]:
    mart = fakes.Mart()
    messages = [QueueMessage(event.id, {"detail": event.to_dict()}) for event in events]
    return mart, dict(StoreMartRows(mart)(messages))


def test_a_row_is_kept_whole_with_whose_it_is() -> None:
    traits = {"loyalty": {"tier": "gold"}}
    mart, failures = kept(an_event("mart.loaded", properties=ROW, traits=traits))
    assert failures == {}
    row = mart.rows["4711"]
    assert (row.customer_id, row.through, row.traits) == ("c-1", "2026-11-21", traits)
    assert row.totals == {"count": 4, "spent": {"GBP": 120}}


def test_a_row_without_a_watermark_goes_alone() -> None:
    bad = an_event("mart.loaded", "e-2", properties={"key": "4712"})
    mart, failures = kept(bad, an_event("mart.loaded", properties=ROW))
    assert set(mart.rows) == {"4711"}
    assert isinstance(failures["e-2"], Rejected)


def test_a_row_of_a_day_that_has_not_begun_is_refused() -> None:
    ahead = an_event("mart.loaded", properties={**ROW, "through": "2026-11-23"})
    mart, failures = kept(ahead)
    assert mart.rows == {}
    (refusal,) = failures.values()
    assert isinstance(refusal, Rejected)
    assert (refusal.field, refusal.reason) == ("properties.through", "is a day that has not begun")
