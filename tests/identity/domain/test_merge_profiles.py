"""Two customers become one person and, if that was wrong, two again."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.merge_profiles import COUNTED_BLOCKS, SEPARATELY_MERGED, merge_profiles
from hub.identity.domain.unmerge_profiles import apply_events, assign_events, unmerge_profiles
from hub.measurement.domain.sale_line import SaleLine
from hub.model.contact_history import ContactHistory
from hub.model.contact_history_entries import Contact
from hub.model.customer import Customer
from hub.model.event import Event
from tests.factories import HAPPENINGS, NOON, a_customer, an_event, later

LATEST = {"default": "latest"}
_traits = st.fixed_dictionaries(
    {},
    optional={
        "contact": st.fixed_dictionaries({"email": st.sampled_from(["a@x.org", "b@x.org"])}),
        "attitudes": st.fixed_dictionaries({"nps": st.integers(0, 10)}),
        "consent": st.fixed_dictionaries(
            {"email": st.fixed_dictionaries({"marketing": st.booleans()})}
        ),
    },
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events with distinct ids at few enough moments that some coincide; each names Ann or Bob."""
    events = []
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(sorted(HAPPENINGS)))
        events.append(
            an_event(
                kind,
                f"e-{number}",
                occurred_at=NOON - timedelta(days=draw(st.integers(0, 3))),
                properties=HAPPENINGS[kind],
                traits=draw(_traits),
                identities={"email": draw(st.sampled_from(["a@x.org", "b@x.org"]))},
            )
        )
    return events


def after(events: list[Event], customer_id: str = "c-1") -> Customer:
    return apply_events(Customer(customer_id=customer_id), events, NOON)


def facts(customer: Customer) -> dict[str, Any]:
    """What is known, but for the order of arrival, and whose it is."""
    processed = {kind: tuple(sorted(names)) for kind, names in customer.processed.items()}
    told = replace(customer, processed=processed).to_dict()
    return {name: value for name, value in told.items() if name not in ("customer_id", "version")}


@given(histories(), st.lists(st.booleans(), min_size=8, max_size=8), st.integers(0, 8))
def test_it_does_not_matter_when_two_are_merged(
    events: list[Event], sides: list[bool], merged_after: int
) -> None:
    early, late = events[:merged_after], events[merged_after:]
    ann = after([e for e, hers in zip(early, sides, strict=False) if hers])
    bob = after([e for e, hers in zip(early, sides, strict=False) if not hers], "c-2")
    assert facts(apply_events(merge_profiles(ann, bob, LATEST), late, NOON)) == facts(after(events))


@given(histories(), histories(), histories())
def test_of_three_it_does_not_matter_who_is_merged_first(
    ann: list[Event], bob: list[Event], cid: list[Event]
) -> None:
    one, two, three = (
        after([replace(e, id=f"{name}-{e.id}") for e in events], name)
        for name, events in (("c-1", ann), ("c-2", bob), ("c-3", cid))
    )
    left = merge_profiles(merge_profiles(one, two, LATEST), three, LATEST)
    right = merge_profiles(one, merge_profiles(three, two, LATEST), LATEST)
    assert facts(left) == facts(right)


@given(histories(), st.integers(0, 8), st.integers(0, 8))
def test_unmerge_after_merge_restores_both(
    events: list[Event], first: int, merged_after: int
) -> None:
    """With all events since the merge known, as if they had never been merged."""
    early, late = events[:merged_after], events[merged_after:]
    ann, bob = after(early[:first]), after(early[first:], "c-2")
    merged = merge_profiles(ann, bob, LATEST)
    mine, theirs, both = assign_events(late, ["email#a@x.org"], ["email#b@x.org"])
    assert not both
    current = replace(apply_events(merged, late, NOON), version=9)
    survivor, absorbed = unmerge_profiles((ann, bob, merged), current, (mine, theirs), NOON)
    assert (survivor.customer_id, survivor.version) == ("c-1", 9)
    assert facts(survivor) == facts(apply_events(ann, mine, NOON))
    assert facts(absorbed) == facts(apply_events(bob, theirs, NOON))


@given(histories(), histories())
def test_what_nobody_can_assign_stays_with_the_survivor(
    early: list[Event], late: list[Event]
) -> None:
    late = [replace(e, id=f"late-{e.id}", traits={}) for e in late]
    ann, bob = after(early[::2]), after(early[1::2], "c-2")
    merged = merge_profiles(ann, bob, LATEST)
    survivor, absorbed = unmerge_profiles(
        (ann, bob, merged), apply_events(merged, late, NOON), ((), ()), NOON
    )
    assert absorbed == bob
    expected = apply_events(ann, late, NOON)
    assert (survivor.activity, survivor.recent) == (expected.activity, expected.recent)
    for total in ("count", "spent", "returns", "returned"):
        assert survivor.purchases.get(total) == expected.purchases.get(total)


def test_a_refusal_since_the_merge_is_taken_to_be_of_both() -> None:
    ann, bob = a_customer(), replace(a_customer(), customer_id="c-2")
    merged = merge_profiles(ann, bob, LATEST)
    refusal = an_event(
        "customer.updated",
        occurred_at=later(days=1),
        traits={"consent": {"email": {"marketing": False}}},
    )
    survivor, absorbed = unmerge_profiles(
        (ann, bob, merged), apply_events(merged, [refusal], NOON), ((), ()), NOON
    )
    assert survivor.consent["email"] == {"marketing": False, "service": True}
    assert absorbed.consent["email"] == {"marketing": False, "service": True}


def test_a_later_word_on_consent_wins_and_at_a_tie_the_refusal() -> None:
    def said(customer_id: str, days: int, given: bool) -> Customer:
        traits = {"consent": {"sms": {"marketing": given}}}
        event = an_event(occurred_at=later(days=days), traits=traits)
        return apply_events(Customer(customer_id=customer_id), [event], NOON)

    yes_later = merge_profiles(said("c-1", 1, given=False), said("c-2", 2, given=True), LATEST)
    assert yes_later.consent == {"sms": {"marketing": True}}
    for first, second in ((True, False), (False, True)):
        tied = merge_profiles(said("c-1", 1, given=first), said("c-2", 1, given=second), LATEST)
        assert tied.consent == {"sms": {"marketing": False}}


def test_a_dialogue_that_both_are_in_goes_by_the_declared_rule() -> None:
    ann = a_customer(dialogues={"cart": {"state": "waiting", "since": "2026-11-01"}})
    bob = a_customer(
        dialogues={
            "cart": {"state": "bought", "since": "2026-11-02"},
            "birthday": {"state": "greeted", "since": "2026-11-01"},
        }
    )
    latest = merge_profiles(ann, bob, LATEST).dialogues
    assert {name: stage["state"] for name, stage in latest.items()} == {
        "cart": "bought",
        "birthday": "greeted",
    }
    hers = merge_profiles(ann, bob, {"default": "latest", "cart": "survivor"}).dialogues
    assert hers["cart"]["state"] == "waiting"


def test_a_dialogue_that_moved_since_the_merge_stays_and_the_others_go_back() -> None:
    ann = a_customer(dialogues={"cart": {"state": "waiting", "since": "2026-11-01"}})
    bob = a_customer(dialogues={"birthday": {"state": "greeted", "since": "2026-11-01"}})
    merged = merge_profiles(ann, bob, LATEST)
    moved = {"state": "reminded", "since": "2026-11-03"}
    current = replace(merged, dialogues={**merged.dialogues, "cart": moved})
    survivor, absorbed = unmerge_profiles((ann, bob, merged), current, ((), ()), NOON)
    assert survivor.dialogues == {"cart": moved}
    assert absorbed.dialogues == bob.dialogues


def test_every_field_of_a_customer_is_merged_by_a_rule() -> None:
    assert SEPARATELY_MERGED.isdisjoint(COUNTED_BLOCKS)
    assert {*SEPARATELY_MERGED, *COUNTED_BLOCKS} == {field.name for field in fields(Customer)}


def test_an_event_that_names_both_or_neither_is_nobodys_for_certain() -> None:
    both = an_event(event_id="e-1", identities={"email": "a@x.org", "loyalty": "2"})
    neither = an_event(event_id="e-2", identities={"device": "d"})
    hers = an_event(event_id="e-3", identities={"email": "a@x.org", "device": "d"})
    his = an_event(event_id="e-4", identities={"loyalty": "2"})
    sides = assign_events([both, neither, hers, his], ["email#a@x.org"], ["loyalty#2"])
    assert sides == ((hers,), (his,), (both, neither))


def test_what_sales_are_owed_to_goes_back_to_whose_they_were() -> None:
    hers, his = an_owing("ann", "a-1"), an_owing("bob", "b-1")
    ann, bob = a_customer(owing=hers), a_customer(owing=his)
    merged = merge_profiles(ann, bob, LATEST)
    survivor, absorbed = unmerge_profiles((ann, bob, merged), merged, ((), ()), NOON)
    assert (survivor.owing, absorbed.owing) == (hers, his)
    back = {**merged.owing, "lines": [*merged.owing["lines"][:-1], a_line("bob", net=200)]}
    back["lines"].append(a_line("new", net=700))
    survivor, absorbed = unmerge_profiles(
        (ann, bob, merged), ann.with_changes(owing=back), ((), ()), NOON
    )
    assert survivor.owing == {**hers, "lines": [a_line("ann"), a_line("new", net=700)]}
    assert absorbed.owing == {**his, "lines": [a_line("bob", net=200)]}


def an_owing(sale: str, action_id: str) -> dict[str, Any]:
    return {"touches": [[0, {"action_id": action_id}]], "lines": [a_line(sale)]}


def a_line(sale: str, net: int = 500) -> list[Any]:
    return list(SaleLine(sale, "1", 1, "cup", 700, "GBP", net=net))


def test_what_both_were_told_counts_towards_the_caps_of_one() -> None:
    ann = a_customer(
        contact_history=ContactHistory(
            offers={"tea": 1},
            goals={"order.completed": ["2026-11-01"]},
            contacts=(Contact(9, "email", "", "tea", "a-2"),),
        )
    )
    bob = a_customer(
        contact_history=ContactHistory(
            offers={"tea": 2},
            goals={"order.completed": ["2026-11-02"]},
            suppressed={"category:tea": "2026-12-01"},
            contacts=(Contact(10, "sms", "", "tea", "b-1"), Contact(8, "email", "", "tea", "b-0")),
        )
    )
    merged = merge_profiles(ann, bob, LATEST)
    history = merged.contact_history
    assert history.offers == {"tea": 3}
    assert history.goals == {"order.completed": ["2026-11-02", "2026-11-01"]}
    assert history.suppressed == {"category:tea": "2026-12-01"}
    assert [contact.action_id for contact in history.contacts] == ["b-1", "a-2", "b-0"]
    survivor, absorbed = unmerge_profiles((ann, bob, merged), merged, ((), ()), NOON)
    assert survivor.contact_history == ann.contact_history
    assert absorbed.contact_history == bob.contact_history
    third = replace(history, contacts=(Contact(11, "call", "", "", "x"), *history.contacts))
    current = merged.with_contact_history(third)
    since, _ = unmerge_profiles((ann, bob, merged), current, ((), ()), NOON)
    assert [contact.action_id for contact in since.contact_history.contacts] == ["x", "a-2"]
