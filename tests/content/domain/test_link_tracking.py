"""Every link gets the reference of its decision."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.content.domain.link_tracking import finish_message, tag_link

REF = "a-0123456789ab"
OUT = "https://hub.example.com/preferences/p1.x.y"


@pytest.mark.parametrize(
    ("link", "tagged"),
    [
        ("https://a.example/x", f"https://a.example/x?segue_ref={REF}"),
        ("https://a.example/x?y=1#part", f"https://a.example/x?y=1&segue_ref={REF}#part"),
        ("HTTP://a.example", f"http://a.example?segue_ref={REF}"),
        ("https://a.example/?segue_ref=old&y=1", f"https://a.example/?y=1&segue_ref={REF}"),
        ("mailto:ann@example.com", "mailto:ann@example.com"),
        ("#top", "#top"),
        ("https://[broken", "https://[broken"),
        ("https:relative", "https:relative"),
    ],
)
def test_only_web_addresses_are_tagged(link: str, tagged: str) -> None:
    assert tag_link(link, REF) == tagged


@given(st.text(alphabet="abc/?&=#%.:-", max_size=30))
def test_tagging_a_link_again_changes_nothing(rest: str) -> None:
    once = tag_link(f"https://a.example/{rest}", REF)
    assert tag_link(once, REF) == once
    assert parse_qs(urlsplit(once).query)["segue_ref"] == [REF]


def test_in_a_text_a_full_stop_is_no_part_of_the_link() -> None:
    parts = finish_message({"text": f"See https://a.example/x. Leave: {OUT}"}, REF, [OUT])
    assert parts["text"] == f"See https://a.example/x?segue_ref={REF}. Leave: {OUT}"


def test_in_html_links_are_tagged_and_nothing_else() -> None:
    html = (
        '<link href="https://a.example/font"><img src="https://a.example/i.png">'
        "<a class=x href='https://a.example/?a=1&amp;b=2'>https://a.example</a>"
        f'<a href="{OUT}">-</a>'
    )
    finished = finish_message({"html": html}, REF, [OUT])["html"]
    assert (
        f'href="https://a.example/?a=1&amp;b=2&amp;segue_ref={REF}">https://a.example</a>'
        in finished
    )
    assert 'href="https://a.example/font"' in finished
    assert 'src="https://a.example/i.png"' in finished
    assert f'href="{OUT}"' in finished


def test_a_link_cannot_break_out_of_its_attribute() -> None:
    html = "<a href='https://a.example/?\"><script>'>x</a>"
    finished = finish_message({"html": html}, REF)["html"]
    assert "<script>" not in finished


def test_a_preheader_is_hidden_at_the_start_of_the_body() -> None:
    parts = {
        "subject": "s",
        "preheader": "5 < 6",
        "text": "t",
        "html": "<body class=x><p>Hi</p></body>",
    }
    finished = finish_message(parts, REF)
    assert finished.keys() == {"subject", "text", "html"}
    assert finished["html"].startswith('<body class=x><div style="display:none')
    assert ">5 &lt; 6</div><p>Hi</p>" in finished["html"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", " java\tScript:x", "data:text/html,x"])
def test_a_link_that_would_run_a_script_is_disabled(link: str) -> None:
    for tag in ("<a ", "<a title='1 > 0' ", '<a title="<b>" '):
        finished = finish_message({"html": f'{tag}href="{link}">x</a>'}, REF)
        assert finished == {"html": f'{tag}href="#">x</a>'}
