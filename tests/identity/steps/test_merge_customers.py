"""Two customers become one in the order of the survivor's group, whatever is cut or repeated."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.merge_record import MERGED, UNMERGED, MergeRecord, build_merge_command
from hub.kernel.errors import Conflict, HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.model.day_series import sum_since
from hub.model.event import Event
from tests import fakes
from tests.factories import NOON, an_event
from tests.in_memory import InMemoryHub

MAIL, CARD, DEVICE = {"email": "ann@example.com"}, {"loyalty": "L1"}, {"device": "d1"}
PURCHASE = {"amount": 830, "currency": "GBP"}
_kinds = ("item.purchased", "page.viewed", "complaint.filed")


class Desk:
    """An in-memory hub that is handed canonical events, and worked off when a test says so."""

    def __init__(self) -> None:
        self.hub = InMemoryHub({"number": 1, "rows": {}, "running": {}})
        self.done = 0
        self.numbers = 0

    def hears(self, identities: dict[str, str], kind: str = "item.purchased") -> str:
        """An event of that person, waiting in its customer's group."""
        self.numbers += 1
        event = an_event(kind, f"e-{self.numbers}", identities=identities, properties=PURCHASE)
        (owned,) = self.hub.normalize.resolver.resolve([replace(event, customer_id="")])
        assert isinstance(owned, Event)
        assert not self.hub.queue.send([owned])
        return owned.customer_id

    def works(self, times: int = 1) -> None:
        while self.done < len(self.hub.queue.events):
            event = self.hub.queue.events[self.done]
            self.done += 1
            for _ in range(times):
                assert self.decides(event) == {}

    def decides(self, event: Event) -> Any:
        return self.hub.decide([QueueMessage(id=event.id, body=event.to_dict())])

    def asks(self, kind: str, customer_id: str, absorbed: str, **given: Any) -> dict[str, HubError]:
        self.numbers += 1
        event_id = f"by-hand-{self.numbers}"
        asked = build_merge_command(
            kind, event_id=event_id, now=NOON, customer_id=customer_id, absorbed=absorbed, **given
        )
        return dict(self.decides(asked))

    def count(self, customer_id: str) -> int:
        found = self.hub.customers.read(customer_id)
        return found.purchases.get("count", 0) if found else 0


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_event_that_ties_two_makes_them_one(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    assert desk.hears({**CARD, **MAIL}) == holder
    desk.works()
    found = desk.hub.customers.read(ann)
    assert found
    assert (found.customer_id, found.purchases["count"]) == (holder, 3)
    assert desk.hub.identities.find_owners(["email#ann@example.com"]) == {
        "email#ann@example.com": holder
    }
    merge = desk.hub.merges.read_last(ann)
    assert merge
    assert (merge.survivor.customer_id, merge.absorbed.purchases["count"]) == (holder, 1)


def test_what_still_waits_for_the_absorbed_follows_the_alias(desk: Desk) -> None:
    visitor = desk.hears(DEVICE)
    ann = desk.hears(MAIL)
    desk.hears({**MAIL, **DEVICE})
    late = desk.hub.queue.events.pop(0)
    assert late.customer_id == visitor
    desk.works()
    assert desk.count(ann) == 2
    assert desk.decides(late) == {}
    desk.works()
    assert desk.count(ann) == 3
    assert desk.hub.customers.read(visitor) == desk.hub.customers.read(ann)
    assert desk.decides(late) == {}
    desk.works()
    assert desk.count(ann) == 3


def test_a_chain_of_merges_is_followed_to_its_end(desk: Desk) -> None:
    visitor, ann, holder = desk.hears(DEVICE), desk.hears(MAIL), desk.hears(CARD)
    late = replace(desk.hub.queue.events[0], id="late")
    desk.works()
    desk.hears({**MAIL, **DEVICE})
    desk.works()
    desk.hears({**MAIL, **CARD})
    desk.works()
    assert desk.decides(late) == {}
    desk.works()
    assert desk.count(holder) == 6
    assert {desk.hub.identities.read_clusters([i])[i].customer_id for i in (visitor, ann)} == {
        holder
    }


def test_a_merge_that_would_break_a_limit_by_now_is_not_done_but_noted(desk: Desk) -> None:
    """Two merges that were planned at the same time, each of them within the limits."""
    first, second = desk.hears({"loyalty": "L1"}), desk.hears({"loyalty": "L2"})
    desk.works()
    tied = an_event(
        MERGED, "m", customer_id=first, properties={"absorbed": second, "key": "email#x"}
    )
    assert desk.decides(tied) == {}
    found = desk.hub.customers.read(second)
    assert found
    assert found.customer_id == second
    (record,) = desk.hub.conflicts.items.values()
    assert "2 keys of the namespace loyalty" in record.conflict.reason


@given(
    st.lists(
        st.tuples(
            st.sampled_from([MAIL, CARD, DEVICE, {**MAIL, **DEVICE}, {**CARD, **MAIL}]),
            st.sampled_from(_kinds),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 3),
    st.booleans(),
)
def test_every_event_is_remembered_once_however_often_it_comes_and_whenever_merges_happen(
    said: list[tuple[dict[str, str], str]],
    times: int,
    at_once: bool,
) -> None:
    desk = Desk()
    ids = []
    for identities, kind in said:
        ids.append(desk.hears(identities, kind))
        if at_once:
            desk.works(times)
    desk.works(times)
    living = {c.customer_id: c for i in ids if (c := desk.hub.customers.read(i))}
    counts: dict[str, int] = {}
    for customer in living.values():
        for kind in _kinds:
            counts[kind] = counts.get(kind, 0) + sum_since(customer.activity.get(kind, ()), 0)
    assert counts == {kind: [k for _, k in said].count(kind) for kind in _kinds}
    keys = [key for i in living for key in desk.hub.identities.read_clusters([i])[i].keys]
    assert len(keys) == len(set(keys))


class CutOff(fakes.Merges):
    """Loses its answer so often: the write is done all the same, or not at all."""

    def __init__(self, hub: InMemoryHub, before: int, after: int) -> None:
        super().__init__(hub.customers, hub.identities)
        self.before, self.after = before, after

    def merge(self, merge: MergeRecord, survivor: Any) -> None:
        if self.before:
            self.before -= 1
            raise Conflict("nothing was written")
        super().merge(merge, survivor)
        if self.after:
            self.after -= 1
            raise Conflict("it was written, but nobody was told")


@pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 1), (2, 0)])
def test_a_merge_that_is_cut_off_converges(before: int, after: int) -> None:
    desk = Desk()
    merger = replace(desk.hub.merger, merges=CutOff(desk.hub, before, after))
    desk.hub.decide = replace(desk.hub.decide, merger=merger)
    desk.hears(MAIL), desk.hears(CARD)
    holder = desk.hears({**CARD, **MAIL})
    desk.works(times=2)
    assert desk.count(holder) == 3


def test_unmerging_restores_both_and_flags_what_was_decided(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    views = [desk.hub.customers.read(i) for i in (holder, ann)]
    assert desk.asks(MERGED, holder, ann) == {}
    assert desk.asks(UNMERGED, holder, ann) == {}
    after = [desk.hub.customers.read(i) for i in (holder, ann)]
    for then, now in zip(views, after, strict=True):
        assert then
        assert now
        assert now.customer_id == then.customer_id
        assert now.purchases == then.purchases
        assert now.identities == then.identities
    owners = desk.hub.identities.find_owners(["email#ann@example.com", "loyalty#L1"])
    assert owners == {"email#ann@example.com": ann, "loyalty#L1": holder}


def test_events_since_the_merge_go_with_their_keys(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    desk.asks(MERGED, holder, ann)
    start = len(desk.hub.queue.events)
    for identities in (MAIL, MAIL, CARD):
        desk.hears(identities)
    desk.works()
    assert desk.count(holder) == 5
    assert desk.asks(UNMERGED, holder, ann, later=desk.hub.queue.events[start:]) == {}
    assert (desk.count(holder), desk.count(ann)) == (2, 3)


def test_who_was_told_apart_is_not_merged_again_but_by_hand(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    desk.asks(MERGED, holder, ann)
    desk.asks(UNMERGED, holder, ann)
    assert desk.hears({**CARD, **MAIL}) == holder
    desk.works()
    assert desk.count(ann) == 1
    (record,) = desk.hub.conflicts.items.values()
    assert record.conflict.key == "email#ann@example.com"
    assert desk.asks(MERGED, holder, ann) == {}
    assert desk.count(ann) == 3


def test_unmerging_twice_changes_nothing_more(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    desk.asks(MERGED, holder, ann)
    asked = build_merge_command(UNMERGED, event_id="u", now=NOON, customer_id=holder, absorbed=ann)
    assert desk.decides(asked) == {}
    items = dict(desk.hub.customers.items)
    assert desk.decides(asked) == {}
    assert desk.hub.customers.items == items


def test_who_was_never_merged_cannot_be_unmerged(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    (error,) = desk.asks(UNMERGED, holder, ann).values()
    assert isinstance(error, Rejected)
    assert error.field == "properties.absorbed"


def test_who_is_forgotten_is_made_one_with_nobody(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.hub.queue.send([an_event("customer.erased", "forget", customer_id=ann)])
    desk.works()
    assert desk.asks(MERGED, holder, ann) == {}
    assert desk.asks(MERGED, ann, holder) == {}
    forgotten, kept = desk.hub.customers.read(ann), desk.hub.customers.read(holder)
    assert forgotten
    assert (forgotten.customer_id, forgotten.purchases) == (ann, {})
    assert kept
    assert (kept.customer_id, kept.erased, kept.purchases["count"]) == (holder, "", 1)


def test_who_is_forgotten_is_not_brought_back_by_unmerging(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    desk.hears({**CARD, **MAIL})
    desk.hub.queue.send([an_event("customer.erased", "forget", customer_id=holder)])
    desk.works()
    (refused,) = desk.asks(UNMERGED, holder, ann).values()
    assert isinstance(refused, Rejected)
    assert desk.count(ann) == desk.count(holder) == 0


def test_decisions_of_the_time_are_flagged(desk: Desk) -> None:
    ann, holder = desk.hears(MAIL), desk.hears(CARD)
    desk.works()
    desk.asks(MERGED, holder, ann)
    desk.hub.decisions.save([d for d in desk.hub.customers.decided if d.customer_id == holder])
    desk.asks(UNMERGED, holder, ann)
    assert desk.hub.decisions.flagged
    assert all(ann in why for why in desk.hub.decisions.flagged.values())
