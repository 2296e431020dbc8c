"""Templates with their languages, snippets and brands, and snippets that name other snippets."""

from typing import Any

import pytest

from hub.catalogue.domain.row_reader import InvalidRow, Row
from hub.catalogue.domain.template import Template, read_template_row, read_templates
from hub.publishing.domain.shared_snippets import select_valid_versions

MAIL = {"en": {"subject": "Hello", "text": "Hello"}, "de": {"subject": "Hallo", "text": "Hallo"}}
LETTER = {"template_id": "letter", "purpose": "service", "email": MAIL}


def a_snippet(name: str, **languages: str) -> Row:
    body = {language: {"text": text} for language, text in languages.items()}
    return {"template_id": name, "kind": "snippet", "body": body}


def by_id(*rows: Row) -> dict[str, Row]:
    return {row["template_id"]: row for row in rows}


@pytest.mark.parametrize(
    ("language", "chosen", "footer"),
    [
        ("de-AT", "de", "Ade"),
        ("de", "de", "Ade"),
        ("DE_at", "de", "Ade"),
        ("fr", "en", "Bye"),
        ("", "en", "Bye"),
    ],
)
def test_snippets_have_the_language_of_the_body(language: str, chosen: str, footer: str) -> None:
    templates = read_templates(by_id(LETTER, a_snippet("footer", en="Bye", de="Ade")), {}, {})
    template = templates["letter"].localize("email", language)
    assert (template.language, template.snippets["footer"]["text"]) == (chosen, footer)


def test_a_snippet_without_the_language_has_its_default_language() -> None:
    templates = read_templates(by_id(LETTER, a_snippet("footer", en="Bye")), {}, {})
    assert templates["letter"].localize("email", "de").snippets == {"footer": {"text": "Bye"}}


def test_a_template_has_the_brand_it_names_else_the_one_called_brand() -> None:
    partner = {"template_id": "partner", "kind": "brand", "values": {"name": "Partner"}}
    house = {**partner, "template_id": "brand", "values": {"name": "House"}}
    named = {**LETTER, "template_id": "named", "brand": "partner"}
    templates = read_templates(by_id(LETTER, named, partner, house), {}, {})
    assert {key: template.brand["name"] for key, template in templates.items()} == {
        "letter": "House",
        "named": "Partner",
    }


def test_html_made_of_mjml_replaces_it() -> None:
    mail = {"en": {"subject": "x", "text": "x", "mjml": "<mjml></mjml>"}}
    templates = read_templates(
        by_id({**LETTER, "email": mail}), {"letter": {"en": "<p>made</p>"}}, {}
    )
    assert templates["letter"].find_body("email", "en") == {
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
        (
            {"purpose": "service", "sms": {"en-GB": {"text": "x"}, "EN_gb": {"text": "y"}}},
            "sms has two bodies of one language: en-GB and EN_gb",
        ),
    ],
)
def test_a_problem_is_reported(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidRow) as error:
        read_template_row({"template_id": "x", **row})
    assert any(problem in reported for reported in error.value.problems), error.value.problems


def test_the_default_language_counts_in_any_spelling() -> None:
    row = {"template_id": "x", "purpose": "service", "sms": {"EN_gb": {"text": "x"}}}
    template = read_template_row({**row, "default_language": "en-GB"})
    assert isinstance(template, Template)
    assert template.localize("sms", "fr").language == "EN_gb"


NAMES = "{% render 'b' %}"


def test_snippets_that_name_existing_snippets_are_valid() -> None:
    first, second = a_snippet("a", en=NAMES), a_snippet("b", en="Bye")
    valid = {"a": first, "b": second}
    assert select_valid_versions({"a": [first], "b": [second]}) == (valid, {})


def test_a_snippet_that_names_an_unknown_one_is_replaced_by_its_last_valid_version() -> None:
    invalid, valid = (
        a_snippet("a", en="{% render 'foter' %}"),
        a_snippet("a", en="{% render 'footer' %}"),
    )
    footer = a_snippet("footer", en="Bye")
    chosen, problems = select_valid_versions({"a": [invalid, valid], "footer": [footer]})
    assert chosen == {"a": valid, "footer": footer}
    assert problems == {"a": ["body.en.text there is no snippet 'foter': did you mean footer?"]}


def test_snippets_that_name_each_other_are_invalid() -> None:
    before = a_snippet("b", en="Bye")
    choices = {
        "a": [a_snippet("a", en=NAMES)],
        "b": [a_snippet("b", en="{% render 'a' %}"), before],
    }
    chosen, problems = select_valid_versions(choices)
    cycles = {"a": ["body names itself: a > b > a"], "b": ["body names itself: b > a > b"]}
    assert problems == cycles
    assert chosen == {"b": before}


def test_a_snippet_that_names_an_invalid_one_is_invalid() -> None:
    choices = {"a": [a_snippet("a", en=NAMES)], "b": [a_snippet("b", en="{% render 'gone' %}")]}
    chosen, problems = select_valid_versions(choices)
    assert chosen == {}
    assert problems.keys() == {"a", "b"}
