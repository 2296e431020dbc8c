"""Capacities by name, and shares of them."""

from datetime import UTC, datetime

import pytest

from hub.model.decision import Claim
from hub.surroundings.domain.capacity import (
    explain_refusal,
    is_lent,
    is_window_over,
    merge_claims,
    to_budget_units,
)
from tests.factories import NOON


@pytest.mark.parametrize(
    ("name", "lent"),
    [
        ("queue:retention", True),
        ("queue:retention/2026-11-22T12", False),
        ("offer:beans", False),
        ("budget:sms/2026-11", False),
        ("total:queue:x", False),
    ],
)
def test_only_slots_that_are_taken_at_once_come_back_by_themselves(name: str, lent: bool) -> None:
    assert is_lent(name) is lent


@pytest.mark.parametrize("window", ["2026-11", "2026-11-22", "2026-11-22T12"])
def test_a_window_is_over_when_the_next_has_begun(window: str) -> None:
    name = f"queue:q/{window}"
    assert not is_window_over(name, NOON)
    assert is_window_over(name, datetime(2026, 12, 1, tzinfo=UTC))
    assert not is_window_over(name, datetime(2026, 11, 22, 12, 59, 59, tzinfo=UTC))


def test_what_has_no_window_is_never_over() -> None:
    assert not is_window_over("offer:beans", NOON)


def test_shares_of_one_capacity_are_one_share_within_the_lowest_limit() -> None:
    shares = [Claim("budget:sms", 4, 9), Claim("offer:beans", 1, 1), Claim("budget:sms", 2, 7)]
    assert merge_claims(shares) == [Claim("budget:sms", 6, 7), Claim("offer:beans", 1, 1)]


def test_a_refusal_says_what_was_short() -> None:
    assert explain_refusal(Claim("offer:beans", 1, 500)) == (
        "too little of offer:beans was left: 500 in all"
    )
    assert explain_refusal(Claim("budget:sms", to_budget_units(7.5), to_budget_units(40))) == (
        "too little of budget:sms was left: 40 in all, 7.5 needed"
    )


def test_money_is_counted_in_thousandths_and_never_too_low() -> None:
    assert [to_budget_units(amount) for amount in (0.1, 7.5, 40, 0.0001)] == [100, 7500, 40_000, 1]


def test_a_large_budget_is_told_to_the_last_minor_unit() -> None:
    said = explain_refusal(Claim("budget:sms", to_budget_units(0.25), to_budget_units(123_456_789)))
    assert said == "too little of budget:sms was left: 123456789 in all, 0.25 needed"
