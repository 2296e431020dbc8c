"""Features: how the values of a customer are put into bins."""

from typing import Any

import pytest

from hub.kernel.errors import Rejected
from hub.learning.domain.beliefs import MOST_BINS, ChannelBeliefs
from hub.learning.domain.decaying_counters import ArmCounters
from hub.learning.domain.features import Feature, read_features
from hub.learning.domain.propensity import Learner

TIER: dict[str, Any] = {"name": "customer.loyalty.tier"}
COUNT: dict[str, Any] = {"name": "customer.purchases.count", "bounds": [1, 3, 10]}


@pytest.mark.parametrize(
    ("value", "bin_"),
    [
        (-5, "<1"),
        (0, "<1"),
        (1, "1..3"),
        (2.9, "1..3"),
        (3, "3..10"),
        (10, ">=10"),
        (10**9, ">=10"),
        (None, "none"),
        ("7", "none"),
        (True, "none"),
        (float("nan"), "none"),
    ],
)
def test_a_number_falls_between_its_bounds(value: Any, bin_: str) -> None:
    assert Feature.from_dict(COUNT).bin_of(value) == bin_


@pytest.mark.parametrize(
    ("value", "bin_"),
    [
        ("gold", "gold"),
        (" gold ", "gold"),
        ("", "none"),
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        (0.5, "0.5"),
        (["a"], "none"),
        ("x" * 41, "other"),
    ],
)
def test_without_bounds_the_value_itself_is_the_bin(value: Any, bin_: str) -> None:
    assert Feature("customer.loyalty.tier").bin_of(value) == bin_


def test_a_free_text_cannot_fill_the_table() -> None:
    counters = ArmCounters(((1.0, {f"shown name=n{number}": 1 for number in range(MOST_BINS)}),))
    learner = Learner((Feature("name"), Feature("names")))
    channel = ChannelBeliefs(learner, counters)
    assert channel.limit_bins(learner.name_bins({"name": "n7", "names": "new"})) == (
        "name=n7",
        "names=new",
    )
    assert channel.limit_bins(learner.name_bins({"name": "new"})) == ("name=other", "names=none")


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ([{"bounds": [1]}], "is not a field"),
        ([{"name": "Customer Tier"}], "is not a field"),
        ([{"name": "age", "bounds": [3, 1]}], "rising numbers"),
        ([{"name": "age", "bounds": [1, 1]}], "rising numbers"),
        ([{"name": "age", "bounds": ["1"]}], "rising numbers"),
        ([{"name": "age", "bounds": 3}], "rising numbers"),
        ([{"name": "age", "bounds": list(range(21))}], "rising numbers"),
        ([COUNT, COUNT], "declared twice"),
        ([{"name": f"f{number}"} for number in range(13)], "the most is 12"),
    ],
)
def test_a_wrong_declaration_is_refused_with_the_reason(
    declared: list[dict[str, Any]], reason: str
) -> None:
    with pytest.raises(Rejected, match=reason):
        read_features(declared)


def test_a_declaration_survives_its_json() -> None:
    declared = [COUNT, TIER]
    assert [feature.to_dict() for feature in read_features(declared)] == declared


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"half_life": "soon"}, "half_life must be"),
        ({"half_life": "20h"}, "at least 1d"),
        ({"expected": 0}, "expected must be"),
        ({"expected": 1.0}, "expected must be"),
        ({"expected": "0.1"}, "expected must be"),
    ],
)
def test_wrong_settings_are_refused_with_the_reason(data: dict[str, Any], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        Learner.from_dict(data)


def test_settings_have_defaults() -> None:
    assert Learner.from_dict({}) == Learner()
    assert Learner.from_dict({"features": [COUNT], "half_life": "7d"}).half_life.days == 7
