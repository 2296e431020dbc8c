"""Values of a kind that the hub does not read in a field: no profile takes them, and no profile
that has them stops a decision."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.decisioning.domain.receipt import MAX_IGNORED, write_receipt
from hub.model.channels import CHANNELS, PURPOSES
from hub.model.customer import Customer
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.trait_kinds import (
    LONGEST_NAME,
    LONGEST_VALUE,
    TEXT_FIELDS,
    TEXT_LIST_FIELDS,
    find_ignored_traits,
    list_fields,
)
from hub.profile.domain.traits import TRAIT_BLOCKS
from tests.catalogues import OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer, decide_on, gates
from tests.factories import NOON, a_customer, an_event, later

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/customer.schema.json").read_text())
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=9)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
FIELDS = [field.split(".") for field in sorted(TEXT_FIELDS | TEXT_LIST_FIELDS)]


def state_in(*path: str) -> st.SearchStrategy[dict[str, Any]]:
    """Anything at this place of an event's traits."""
    found: st.SearchStrategy[Any] = JSON
    for name in reversed(path):
        found = st.fixed_dictionaries({name: found})
    return found


STATED = st.one_of(
    *[state_in(*field) for field in FIELDS],
    *[state_in(block) for block in sorted(TRAIT_BLOCKS)],
    *[state_in("consent", channel) for channel in sorted(CHANNELS)],
    *[state_in("consent", channel, "marketing") for channel in sorted(CHANNELS)],
)
CATALOGUE = a_catalogue(
    a_rule("hello", {"do": "send", "template": "letter", "channels": ["sms", "email", "push"]}),
    a_rule("offers", OFFER),
    a_rule("service", {"do": "send", "template": "notice", "channels": ["sms", "email", "push"]}),
    an_offer("beans", treatments={c: {"template": "letter"} for c in ("email", "sms", "push")}),
    a_policy("quiet_hours", "q", channel="sms", **{"from": "22:00", "to": "07:00"}),
    a_policy("frequency_cap", "f", most={"day": 3, "week": 5}),
)


def test_the_kinds_are_those_of_the_schema() -> None:
    declared = {
        f"{block}.{name}": field["type"]
        for block in ("contact", "person", "place", "loyalty")
        for name, field in SCHEMA["properties"][block]["properties"].items()
    }
    assert {name for name, kind in declared.items() if kind == "string"} == TEXT_FIELDS
    assert {name for name, kind in declared.items() if kind == "array"} == TEXT_LIST_FIELDS
    assert set(declared.values()) == {"string", "array"}


@settings(max_examples=300, deadline=None)
@given(st.lists(STATED, min_size=1, max_size=4))
@example([{"consent": {"email": True}}, {"consent": {"email": {"marketing": True}}}])
@example([{"contact": {"phone": 441632960961}}])
@example([{"contact": "x"}])
def test_whatever_a_source_states_every_later_event_is_decided(stated: list[Any]) -> None:
    customer = a_customer()
    for number, traits in enumerate(stated):
        event = an_event(event_id=f"e-{number}", traits=traits, occurred_at=later(minutes=number))
        customer, decision = decide_on(CATALOGUE, customer, event, now=later(days=number))
        assert decision.receipt.get("ignored", {}) == find_ignored_traits(traits)
    kinds = {
        f"{b}.{n}": v
        for b in ("contact", "person", "place", "loyalty")
        for n, v in getattr(customer, b).items()
    }
    assert all(isinstance(kinds.get(field), str | None) for field in TEXT_FIELDS)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(TEXT_FIELDS | TEXT_LIST_FIELDS)), JSON), STATED)
def test_a_profile_that_has_such_values_already_is_decided(
    fields: dict[str, Any], stated: dict[str, Any]
) -> None:
    blocks: dict[str, Any] = {}
    for field, value in fields.items():
        block, _, name = field.partition(".")
        blocks.setdefault(block, {})[name] = value
    consent = {"email": True, "sms": {"marketing": True}}
    customer = a_customer(**blocks).with_changes(consent=consent)
    event = an_event(event_id="e-1", traits=stated)
    assert decide_on(CATALOGUE, customer, event)[1].event_id == "e-1"


@pytest.mark.parametrize(
    ("stated", "stored"),
    [
        ({"place": {"postcode": 10115}}, "10115"),
        ({"place": {"postcode": 10115.0}}, "10115"),
        ({"place": {"postcode": True}}, None),
        ({"place": {"postcode": ["10115"]}}, None),
    ],
)
def test_a_whole_number_for_a_text_is_its_digits(
    stated: dict[str, Any], stored: str | None
) -> None:
    customer = apply_event(Customer(customer_id="c"), an_event(traits=stated), NOON)
    assert customer.place.get("postcode") == stored


def test_an_ignored_trait_stays_as_it_was_and_the_receipt_says_so() -> None:
    customer = a_customer(contact={"email": "ann@example.com"})
    after, decision = decide_on(
        CATALOGUE, customer, an_event(traits={"contact": {"email": {"a": 1}}, "person": 3})
    )
    assert after.contact["email"] == "ann@example.com"
    assert decision.receipt["ignored"] == {
        "contact.email": "must be a text",
        "person": "must be a map of fields",
    }
    assert "contact.email must be a text" in decision.receipt["sentence"]


@pytest.mark.parametrize("said", [False, "no", 0, [], "true", 1])
def test_whatever_is_no_agreement_to_a_channel_refuses_all_of_its_purposes(said: Any) -> None:
    customer = a_customer()
    after = apply_event(customer, an_event(traits={"consent": {"email": said}}), NOON)
    assert after.consent["email"] == dict.fromkeys(PURPOSES, False)


def test_an_agreement_that_names_no_purpose_is_none() -> None:
    after = apply_event(
        Customer(customer_id="c"), an_event(traits={"consent": {"sms": True}}), NOON
    )
    assert after.consent == {}


@pytest.mark.parametrize(
    ("trait", "value", "problem"),
    [
        ("contact.phone", 441632960961, "contact.phone must be a text"),
        ("contact.email", True, "contact.email must be a text"),
        ("contact.preferred_channels", "sms", "contact.preferred_channels must be a list of texts"),
    ],
)
def test_a_rule_that_was_published_with_such_a_value_sets_nothing(
    trait: str, value: Any, problem: str
) -> None:
    catalogue = a_catalogue(
        a_rule("setter", {"do": "set", "trait": trait, "value": value}), a_rule("hello", SEND)
    )
    after, decision = decide_on(catalogue, a_customer(), an_event())
    assert gates(decision)[trait] == problem
    assert after.contact == a_customer().contact
    assert decide_on(catalogue, after, an_event(event_id="e-2"))[1].event_id == "e-2"


@pytest.mark.parametrize("block", sorted(TRAIT_BLOCKS - {"consent"}))
def test_a_trait_that_is_too_long_or_too_long_a_name_is_left_out(block: str) -> None:
    longest = "x" * (LONGEST_VALUE - 2)
    values = {
        "fits": longest,
        "long": longest + "x",
        "n" * LONGEST_NAME: "short",
        "list": [longest],
    }
    assert dict(list_fields(block, values)) == {(block, "fits"): longest}
    cut = "n" * LONGEST_NAME
    assert set(find_ignored_traits({block: values})) == {
        f"{block}.long",
        f"{block}.{cut}",
        f"{block}.list",
    }


def test_an_answer_on_consent_that_is_too_long_is_a_refusal() -> None:
    said = {"email": {"marketing": "x" * LONGEST_VALUE}}
    assert list(list_fields("consent", said)) == [(("consent", "email", "marketing"), False)]


def test_a_receipt_lists_some_of_the_traits_that_were_left_out() -> None:
    long = {f"field_{n}": "x" * LONGEST_VALUE for n in range(MAX_IGNORED + 5)}
    receipt = write_receipt(
        an_event(traits={"interests": long}), 1, (), rule_count=0, choices=(), moves={}
    )
    assert len(receipt["ignored"]) == MAX_IGNORED
    assert receipt["more_ignored"] == 5
