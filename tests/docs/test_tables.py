"""Tables that mirror the code are as `make docs` would write them."""

import pytest

from hub.intake.domain.signature import SCHEMES
from tests.docs.pages import read_page
from tools.docs.contexts import PICTURE, draw_contexts
from tools.docs.generate import DOCS, STACK_TABLES, TABLES, find_stale, list_held, make_tables
from tools.docs.markdown import fill_generated, read_generated, to_table


def test_no_table_is_stale() -> None:
    """If this fails, `make docs` refreshes the tables; look at what it changed, then commit it."""
    assert list(find_stale(make_tables())) == []


def test_every_place_for_a_table_is_of_a_table_that_there_is() -> None:
    assert set(list_held()) == set(TABLES) | set(STACK_TABLES)


def test_the_picture_of_the_contexts_is_that_of_the_import_contract() -> None:
    """If this fails, `make docs` draws it anew."""
    assert PICTURE.read_text(encoding="utf-8") == draw_contexts()


def test_a_stale_table_is_found_and_named() -> None:
    stale = list(find_stale({"verbs": "| `do` |\n"}))
    assert stale == [
        (
            "the table 'verbs' in docs/marketers/verbs.md no longer mirrors the code: "
            "`make docs` writes it anew"
        )
    ]


def test_a_table_replaces_what_stood_in_its_place_and_nothing_else() -> None:
    page = "before\n<!-- generated:a -->\nold\n<!-- /generated -->\nafter `<!-- generated:b -->`\n"
    filled = fill_generated(page, {"a": to_table(("x", "y"), [("1|2", "")])})
    assert filled.startswith("before\n<!-- generated:a -->\n| x | y |\n| --- | --- |\n")
    assert read_generated(filled) == {"a": "| x | y |\n| --- | --- |\n| 1\\|2 | |\n"}
    assert filled.endswith("after `<!-- generated:b -->`\n")


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_page_on_signature_schemes_tells_of_each(scheme: str) -> None:
    told = [
        line
        for line in read_page(DOCS / "api" / "signature-schemes.md").splitlines()
        if line.startswith(f"| `{scheme}` |")
    ]
    assert len(told) == 3
