"""Templates, and what they share: languages, snippets, brands, and who names whom."""

from typing import Any

import pytest

from hub.catalogue.domain.row_reader import InvalidRow, Row
from hub.catalogue.domain.template import read_template_row, read_templates
from hub.publishing.domain.shared_snippets import select_valid_versions

MAIL = {"en": {"subject": "Hello", "text": "Hello"}, "de": {"subject": "Hallo", "text": "Hallo"}}
LETTER = {"template_id": "letter", "purpose": "service", "email": MAIL}


def a_snippet(name: str, **languages: str) -> Row:
    body = {language: {"text": text} for language, text in languages.items()}
    return {"template_id": name, "kind": "snippet", "body": body}


def rows(*those: Row) -> dict[str, Row]:
    return {row["template_id"]: row for row in those}


@pytest.mark.parametrize(
    ("language", "spoken", "footer"),
    [("de-AT", "de", "Ade"), ("de", "de", "Ade"), ("fr", "en", "Bye"), ("", "en", "Bye")],
)
def test_snippets_follow_the_language_that_the_body_speaks(
    language: str, spoken: str, footer: str
) -> None:
    made = read_templates(rows(LETTER, a_snippet("footer", en="Bye", de="Ade")), {}, {})
    piece = made["letter"].localize("email", language)
    assert (piece.language, piece.snippets["footer"]["text"]) == (spoken, footer)


def test_a_snippet_without_the_language_speaks_its_own() -> None:
    made = read_templates(rows(LETTER, a_snippet("footer", en="Bye")), {}, {})
    assert made["letter"].localize("email", "de").snippets == {"footer": {"text": "Bye"}}


def test_a_template_has_the_brand_it_names_else_the_one_called_brand() -> None:
    partner = {"template_id": "partner", "kind": "brand", "values": {"name": "Partner"}}
    house = {**partner, "template_id": "brand", "values": {"name": "House"}}
    named = {**LETTER, "template_id": "named", "brand": "partner"}
    made = read_templates(rows(LETTER, named, partner, house), {}, {})
    assert {key: one.brand["name"] for key, one in made.items()} == {
        "letter": "House",
        "named": "Partner",
    }


def test_what_was_made_of_mjml_takes_its_place() -> None:
    mail = {"en": {"subject": "x", "text": "x", "mjml": "<mjml></mjml>"}}
    made = read_templates(rows({**LETTER, "email": mail}), {"letter": {"en": "<p>made</p>"}}, {})
    assert made["letter"].find_body("email", "en") == {
        "subject": "x",
        "text": "x",
        "html": "<p>made</p>",
    }


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"kind": "snipet"}, "kind 'snipet' is not one of template, snippet, brand: did you mean"),
        ({"kind": "snippet"}, "body is missing: a map of languages"),
        ({"kind": "snippet", "body": {"en": {"html": "x"}}}, "body.en.text is missing"),
        (
            {"kind": "snippet", "body": {"de": {"text": "x"}}},
            "body has none in the default language",
        ),
        ({"kind": "snippet", "body": MAIL}, "body.en has no part subject"),
        ({"kind": "snippet", "sms": {}}, "sms is not known here: this row is a snippet"),
        ({"kind": "brand"}, "values must be a map"),
        ({"kind": "brand", "values": {"name": "x"}, "email": MAIL}, "this row is a brand"),
        ({"purpose": "service", "email": MAIL, "body": {}}, "this row is a template"),
        (
            {"purpose": "service", "email": {"en": {**MAIL["en"], "html": "x", "mjml": "x"}}},
            "email.en has both html and mjml",
        ),
    ],
)
def test_a_slip_is_explained(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidRow) as refused:
        read_template_row({"template_id": "x", **row})
    assert any(problem in said for said in refused.value.problems), refused.value.problems


NAMES = "{% render 'b' %}"


def test_what_names_nothing_that_is_gone_stands() -> None:
    one, two = a_snippet("a", en=NAMES), a_snippet("b", en="Bye")
    assert select_valid_versions({"a": [one], "b": [two]}) == ({"a": one, "b": two}, {})


def test_what_names_what_is_not_there_gives_way_to_its_last_good_version() -> None:
    slip, good = (
        a_snippet("a", en="{% render 'foter' %}"),
        a_snippet("a", en="{% render 'footer' %}"),
    )
    footer = a_snippet("footer", en="Bye")
    stands, wrong = select_valid_versions({"a": [slip, good], "footer": [footer]})
    assert stands == {"a": good, "footer": footer}
    assert wrong == {"a": ["body.en.text there is no snippet 'foter': did you mean footer?"]}


def test_snippets_that_lead_back_to_themselves_do_not_stand() -> None:
    before = a_snippet("b", en="Bye")
    choices = {
        "a": [a_snippet("a", en=NAMES)],
        "b": [a_snippet("b", en="{% render 'a' %}"), before],
    }
    stands, wrong = select_valid_versions(choices)
    assert wrong == {"a": ["body names itself: a > b > a"], "b": ["body names itself: b > a > b"]}
    assert stands == {"b": before}


def test_what_names_a_row_that_fell_falls_with_it() -> None:
    choices = {"a": [a_snippet("a", en=NAMES)], "b": [a_snippet("b", en="{% render 'gone' %}")]}
    stands, wrong = select_valid_versions(choices)
    assert stands == {}
    assert wrong.keys() == {"a", "b"}
