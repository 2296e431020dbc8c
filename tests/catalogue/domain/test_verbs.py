"""What every verb declares: its words, the events it leads to, the templates it names."""

from typing import Any

import pytest

from hub.catalogue.domain.verbs import VERBS, read_verb
from hub.catalogue.domain.verbs.verb import Verb
from tests.verb_entries import ENTRIES


def a_verb(do: str, **words: Any) -> Verb:
    verb, problems = read_verb("then[1]", {"do": do, **ENTRIES[do], **words})
    assert problems == []
    assert verb is not None
    return verb


def test_every_verb_has_an_example() -> None:
    assert list(ENTRIES) == list(VERBS)


@pytest.mark.parametrize("do", VERBS)
def test_an_entry_becomes_its_verb(do: str) -> None:
    assert type(a_verb(do)) is VERBS[do]


@pytest.mark.parametrize("do", VERBS)
def test_a_required_word_that_is_absent_is_a_problem(do: str) -> None:
    for word in VERBS[do].words.required:
        entry = {"do": do, **{n: v for n, v in ENTRIES[do].items() if n != word}}
        assert read_verb("then[2]", entry) == (None, [f"then[2] {do}: {word} is missing"])


@pytest.mark.parametrize("do", [do for do, verb in VERBS.items() if verb.words.either])
def test_exactly_one_of_the_alternative_words_is_required(do: str) -> None:
    either = VERBS[do].words.either
    neither = {n: v for n, v in ENTRIES[do].items() if n not in either}
    assert read_verb("then[1]", {"do": do, **neither})[1] == [
        f"then[1] {do}: {' or '.join(either)} is missing"
    ]
    both = {**ENTRIES[do], **dict.fromkeys(either, "page.viewed")}
    problems = read_verb("then[1]", {"do": do, **both})[1]
    assert f"then[1] {do}: {' and '.join(sorted(either))} are one too many" in problems


@pytest.mark.parametrize(("do", "events"), [("wait", ("cart.due",)), ("emit", ("vip.left",))])
def test_a_verb_says_to_which_events_it_leads(do: str, events: tuple[str, ...]) -> None:
    assert a_verb(do).leads_to() == events


def test_other_verbs_lead_to_no_event() -> None:
    assert [do for do in VERBS if a_verb(do).leads_to()] == ["wait", "emit"]


def test_a_verb_names_its_templates_with_their_channels() -> None:
    assert a_verb("send").list_templates() == (("letter", ("sms", "email")),)
    assert a_verb("call").list_templates() == (("notice", ("call",)),)
    assert [do for do in VERBS if a_verb(do).list_templates()] == ["send", "call"]


def test_a_verb_lists_only_the_words_that_the_rule_has() -> None:
    assert a_verb("send").list_rule_words() == {
        "channels": ["sms", "email"],
        "expires": "2h",
        "value": 5,
    }
    assert a_verb("offer").list_rule_words() == {
        "tag": "spring",
        "placement": "top",
        "answer_within": "3d",
    }
    assert a_verb("update").list_rule_words() == {"expires": "1d"}
    assert a_verb("send", value=0).list_rule_words()["value"] == 0
