"""MJML that nests, copies or inserts without end is refused before the compiler sees it."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.content.adapters.mjml_compiler import to_html
from hub.content.domain.mjml_liquid import compile_mjml
from hub.content.domain.render_budget import OverBudget
from hub.kernel.errors import Rejected

DEEP, LONG = "nested more than 100 deep", "has more than 200,000 characters"
COPIES, OPEN = "may make more than 20,000,000 characters", "are not closed"
SNIPPETS = {f"s{n}": {"mjml": f"{{% render 's{n + 1}' %}}" * 30} for n in range(8)}
SNIPPETS["s8"] = {"mjml": "<mj-text>x</mj-text>"}
SNIPPETS["itself"] = {"mjml": "{% render 'itself' %}"}


TEXTS = "<mj-text>a</mj-text>" * 4_000
NAVBAR = f"<mj-navbar base-url='{'x' * 90_000}'>{'<mj-navbar-link/>' * 900}"


def within_column(content: str, head: str = "") -> str:
    column = f"<mj-section><mj-column>{content}</mj-column></mj-section>"
    return f"<mjml>{head}<mj-body>{column}</mj-body></mjml>"


def default(attributes: str) -> str:
    return f"<mj-head><mj-attributes><mj-all {attributes}/></mj-attributes></mj-head>"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (within_column(f"<mj-text>{'<b>' * 20_000}{'</b>' * 20_000}</mj-text>"), DEEP),
        (within_column(f"<mj-raw>{'<b>' * 60_000}</mj-raw>"), DEEP),
        (within_column("<mj-section><mj-column>" * 900 + "</mj-column></mj-section>" * 900), DEEP),
        (within_column(f"<mj-text>{'<i><br>' * 20_000}</mj-text>"), DEEP),
        (
            within_column(TEXTS, default(f"padding='{'1px ' * 9_000}'")),
            COPIES,
        ),
        (within_column(TEXTS, default("a='b' " * 9_000)), COPIES),
        (
            within_column(NAVBAR),
            "open",
        ),
        (within_column("<!--" * 40_000), OPEN),
        (within_column("{{" * 40_000), OPEN),
        (within_column("<mj-text " * 18_000), "put it in an mj-text"),
        (within_column("<mj-text '\"<mj-a '\"" * 9_000), "put it in an mj-text"),
        (within_column("x" * 200_001), LONG),
        ("<mjml><mj-body>{% render 's0' %}</mj-body></mjml>", "insert more than 200,000"),
        ("<mjml><mj-body>{% render 'itself' %}</mj-body></mjml>", "contain each other endlessly"),
        ("<!DOCTYPE x [<!ENTITY a 'aaa'><!ENTITY b '&a;&a;'>]>" + within_column("&b;"), ""),
    ],
)
def test_mjml_without_end_is_refused_with_the_limit(source: str, reason: str) -> None:
    with pytest.raises(Rejected) as refusal:
        compile_mjml(source, SNIPPETS, to_html)
    assert reason in refusal.value.reason


def test_the_compiler_is_never_given_what_it_cannot_follow() -> None:
    with pytest.raises(OverBudget, match=DEEP):
        to_html(within_column(f"<mj-text>{'<b>' * 99_000}</mj-text>"))


def test_mjml_of_a_usual_size_compiles() -> None:
    rows = "<mj-text><ul>" + "<li>{{ x }}<br>a<img src='y'></li>" * 500 + "</ul></mj-text>"
    source = within_column(rows.replace("<br>", "<br/>").replace("'y'>", "'y'/>"))
    assert compile_mjml(source, {}, to_html).count("{{ x }}") == 500


WORDS = """<mj-text>|</mj-text>|<mj-raw>|</mj-raw>|<b>|</b>|<br>|<mj-all a='|'/>|{{ x }}|{% if a %}|
<!--|-->|<mj-button href="|">|&amp;|é|<|]]>"""
PIECES = st.sampled_from(WORDS.split("|"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, st.sampled_from([1, 1, 2, 300])), max_size=12))
def test_any_mjml_compiles_or_is_refused(pieces: list[tuple[str, int]]) -> None:
    source = within_column("".join(piece * times for piece, times in pieces))
    with suppress(Rejected):
        assert isinstance(compile_mjml(source, SNIPPETS, to_html), str)
