"""Every decision says what the situation was, what was decided, why, and when to look again."""

from itertools import pairwise

import pytest

from tools.docs.decisions import PARTS, DecisionPage, list_decisions

PAGES = list(list_decisions())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.file)
def test_a_decision_has_its_parts(page: DecisionPage) -> None:
    assert page.parts == PARTS


def test_decisions_are_numbered_in_the_order_of_their_dates() -> None:
    assert [page.number for page in PAGES] == [f"{n:04}" for n in range(1, len(PAGES) + 1)]
    assert all(earlier.date <= later.date for earlier, later in pairwise(PAGES))
