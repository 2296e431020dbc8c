"""What a source states of an address is stored in one spelling, or as it came."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.contact_spelling import normalize_contact

_values = st.none() | st.text() | st.integers() | st.lists(st.text())
_traits = st.fixed_dictionaries(
    {},
    optional={
        "contact": _values
        | st.dictionaries(st.sampled_from(["email", "phone", "language"]), _values),
        "place": _values | st.dictionaries(st.just("country"), _values),
        "person": st.dictionaries(st.just("first_name"), _values),
    },
)


@pytest.mark.parametrize(
    "traits",
    [
        {"contact": {"email": "Ann <ANN@Example.com>", "phone": "+44 (0)20 7183 8750"}},
        {
            "contact": {"email": "mailto:ann@example.com", "phone": "020 7183 8750"},
            "place": {"country": "United Kingdom"},
        },
    ],
)
def test_an_address_and_a_number_have_one_spelling(traits: Mapping[str, Any]) -> None:
    spelled = normalize_contact(traits)
    assert spelled["contact"] == {"email": "ann@example.com", "phone": "+442071838750"}
    assert {**spelled, "contact": traits["contact"]} == traits


@given(_traits)
def test_nothing_is_lost_and_the_spelling_is_stable(traits: Mapping[str, Any]) -> None:
    spelled = normalize_contact(traits)
    assert normalize_contact(spelled) == spelled
    assert spelled.keys() == traits.keys()
    assert {**spelled, "contact": traits.get("contact")} == {
        **traits,
        "contact": traits.get("contact"),
    }
    if isinstance(traits.get("contact"), dict):
        assert spelled["contact"].keys() == traits["contact"].keys()
