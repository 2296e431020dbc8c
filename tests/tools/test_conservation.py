"""The conservation table: it holds when everything is somewhere, and only then."""

from collections import Counter
from dataclasses import replace

import pytest

from tools.day.conservation import Conservation
from tools.segue.balance import Balance, count_actions

STATUSES = {"delivered": 1, "declined": 1, "refused": 2, "unknown": 1}
AFTER = Balance(
    decided=Counter({"shop": 2, "segue": 9}),
    surroundings=Counter({"stock": 3}),
    parked=Counter({"shop": 1}),
    replayed={},
    dead={"email": 1, "events": 1},
    under_way={},
    actions={**count_actions(6, STATUSES, {"email": 1}), "timers": 1, "emitted": 3},
)
ACCEPTED = {"shop": 4, "stock": 3}


def test_events_are_decided_noted_parked_or_dead_and_actions_have_an_end() -> None:
    sums = Conservation(ACCEPTED, AFTER)
    assert sums.events == {
        "segue": (9, 9, 0, 0),
        "shop": (4, 2, 0, 1),
        "stock": (3, 0, 3, 0),
    }
    assert sums.holds


@pytest.mark.parametrize(
    "after",
    [
        replace(AFTER, surroundings=Counter({"stock": 2})),
        replace(AFTER, surroundings=Counter({"stock": 4})),
        replace(AFTER, decided=Counter({"shop": 2, "segue": 8})),
        replace(AFTER, actions={**AFTER.actions, "refused": 1}),
        replace(AFTER, actions={**AFTER.actions, "emitted": 4}),
    ],
)
def test_a_lost_or_surplus_event_breaks_the_conservation(after: Balance) -> None:
    assert not Conservation(ACCEPTED, after).holds
