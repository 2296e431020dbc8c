"""Two contact histories become one and, if that was wrong, two again."""

from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.merge_contact_history import apply_later_changes, merge_contact_history
from hub.model.contact_history import NO_CONTACT_HISTORY, ContactHistory
from hub.model.contact_history_entries import ExperimentMembership, Impression, OpenCall
from tests.factories import NOON, later

_names = st.sampled_from(["tea", "coffee", "cake"])


@st.composite
def _histories(draw: st.DrawFn) -> ContactHistory:
    """What both may have has the same names; `a-N` are the ids of actions."""
    history = NO_CONTACT_HISTORY
    for hours in range(draw(st.integers(0, 3))):
        at, name, owner = later(hours=hours), draw(_names), draw(st.integers())
        action_id = f"a-{owner}-{hours}"
        call, impression = OpenCall({"id": action_id}), Impression(action_id, {"at": "2026"})
        change = draw(
            st.sampled_from(
                [
                    history.record_contact(at, "email", offer=name, action_id=action_id),
                    history.reach_goal(name, at),
                    history.suppress(f"offer:{name}", at),
                    history.hold_claim(action_id, at),
                    history.await_response(action_id, name),
                    history.record_impression(name, impression, ""),
                    history.open_call(action_id, call),
                ]
            )
        )
        history = change
    return history


@given(_histories(), _histories())
def test_a_merge_that_is_undone_at_once_leaves_both_as_they_were(
    survivor: ContactHistory, absorbed: ContactHistory
) -> None:
    merged = merge_contact_history(survivor, absorbed)
    assert apply_later_changes(survivor, merged, merged) == survivor
    assert apply_later_changes(absorbed, merged, merged) == absorbed


@given(_histories(), _histories())
def test_counts_do_not_depend_on_who_survives(one: ContactHistory, other: ContactHistory) -> None:
    first, second = merge_contact_history(one, other), merge_contact_history(other, one)
    assert first.contacts == second.contacts
    assert first.offers == second.offers
    assert first.goals == second.goals
    assert first.suppressed == second.suppressed


@given(_histories())
def test_a_history_merged_with_none_stays_as_it_is(history: ContactHistory) -> None:
    assert merge_contact_history(history, NO_CONTACT_HISTORY) == history
    assert merge_contact_history(NO_CONTACT_HISTORY, history) == history


def test_what_came_later_is_added_to_the_survivor() -> None:
    enrolled = {
        "s|half": ExperimentMembership(
            "2026", held_out=True, goal="", decided_at="", converted=False
        )
    }
    absorbed = NO_CONTACT_HISTORY.hold_claim("a-1", NOON)
    merged = merge_contact_history(NO_CONTACT_HISTORY, absorbed)
    now = merged.with_memberships(enrolled).await_response("a-2", "").release_claim("a-1")
    after = apply_later_changes(NO_CONTACT_HISTORY, merged, now)
    assert after == NO_CONTACT_HISTORY.with_memberships(enrolled).await_response("a-2", "")


def test_members_of_another_release_are_united() -> None:
    survivor = ContactHistory(unknown={"badges": {"gold": 1, "tea": 1}})
    absorbed = ContactHistory(unknown={"badges": {"gold": 2, "coffee": 1}, "stars": {"one": 1}})
    merged = merge_contact_history(survivor, absorbed)
    assert merged.unknown == {
        "badges": {"gold": 1, "tea": 1, "coffee": 1},
        "stars": {"one": 1},
    }
    assert apply_later_changes(survivor, merged, merged) == survivor
