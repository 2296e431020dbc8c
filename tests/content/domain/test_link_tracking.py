"""Every link gets the reference of its decision."""

from html import escape, unescape
from html.entities import html5
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.content.domain.link_tracking import finish_message, tag_link, unescape_attribute

REF = "a-0123456789ab"
OUT = "https://hub.example.com/preferences/p1.x.y"


@pytest.mark.parametrize(
    ("link", "tagged"),
    [
        ("https://a.example/x", f"https://a.example/x?segue_ref={REF}"),
        ("https://a.example/x?y=1#part", f"https://a.example/x?y=1&segue_ref={REF}#part"),
        ("HTTP://a.example", f"HTTP://a.example?segue_ref={REF}"),
        ("https://a.example?", f"https://a.example?segue_ref={REF}"),
        ("https://a.example/?a&&b=#", f"https://a.example/?a&&b=&segue_ref={REF}#"),
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


UNRESERVED = st.text(alphabet="abcXYZ019-._~", min_size=1, max_size=4)
CHARACTERS = st.text(alphabet="aZ9-._~%20:@!$&'*+,;=/?é日", max_size=8)
NAMES = st.sampled_from(["region", "section", "copy", "times", "amp", "lt", "notit", "a", "sect"])


@st.composite
def links(draw: st.DrawFn) -> str:
    """Addresses with all characters of RFC 3986 and letters of other languages, and with brackets
    that are closed."""
    path = draw(CHARACTERS)
    opening, closing = draw(st.sampled_from([("(", ")"), ("[", "]")]))
    inner = f"{opening}{draw(CHARACTERS)}{closing}{draw(CHARACTERS)}"
    parameters = draw(st.lists(st.tuples(NAMES, CHARACTERS), max_size=3))
    query = "&".join(f"{name}={value}" for name, value in parameters)
    end = draw(UNRESERVED.map(lambda text: text.rstrip(".") + "/"))
    fragment = draw(st.sampled_from(["", "#part", "#a?b=c/"]))
    return f"https://a.example/{path}{draw(st.sampled_from(['', inner]))}?{query}{end}{fragment}"


@given(links())
def test_nothing_but_the_reference_is_added_to_a_link(link: str) -> None:
    added = f"segue_ref={REF}"
    tagged = tag_link(link, REF)
    assert tagged.count(added) == 1
    assert tagged.replace(f"&{added}", "") == link
    assert urlsplit(tagged).fragment == urlsplit(link).fragment


@given(
    links(),
    st.sampled_from(
        [
            ("", ""),
            ("See ", "."),
            ("(", ")"),
            ("[", "]"),
            ("[x](", ")."),
            ("<", ">"),
            ('"', '"'),
            ("'", "',"),
            ("„", "“"),
            ("« ", " »"),
            ("", "。次"),
            ("((", "))?!"),
            ("(see ", "), or"),
            ("x:\n", "\ny"),
        ]
    ),
)
def test_in_a_text_a_link_ends_where_its_author_ended_it(
    link: str, around: tuple[str, str]
) -> None:
    before, after = around
    finished = finish_message({"text": f"{before}{link}{after}"}, REF)
    assert finished["text"] == f"{before}{tag_link(link, REF)}{after}"
    untouched = finish_message({"text": f"{before}{link}{after}"}, REF, [link])
    assert untouched["text"] == f"{before}{link}{after}"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://a.example/Mercury_(planet)", "https://a.example/Mercury_(planet)"),
        ("(https://a.example/Mercury_(planet))", "https://a.example/Mercury_(planet)"),
        ("https://a.example/it's?a[]=1", "https://a.example/it's?a[]=1"),
        ("https://a.example's page", "https://a.example"),
        ("https://a.example/münchen – x", "https://a.example/münchen"),
        ("https://[2001:db8::1]:8443/x.", "https://[2001:db8::1]:8443/x"),
        ("https://a.example/x_", "https://a.example/x_"),
    ],
)
def test_links_as_people_write_them(text: str, link: str) -> None:
    tagged = finish_message({"text": text}, REF)["text"]
    assert tagged == text.replace(link, tag_link(link, REF))


@pytest.mark.parametrize("end", list("\\^`{|}"))
def test_a_link_whose_end_is_disputed_stays(end: str) -> None:
    text = f"https://a.example/x{end}y"
    assert finish_message({"text": text}, REF) == {"text": text}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("&notx", "&notx"),
        ("&not1", "&not1"),
        ("&noti", "&noti"),
        ("&noti;", "&noti;"),
        ("&not=", "&not="),
        ("&COPY", "©"),
        ("&not;", "¬"),
        ("&notin;", "∉"),
        ("&#x3f;", "?"),
        ("&#0036;x", "$x"),
        ("&#38region", "&region"),
        ("&", "&"),
        ("&;&#&#x", "&;&#&#x"),
        ("a&amp;amp;b", "a&amp;b"),
    ],
)
def test_attributes_are_read_as_html_has_it(value: str, expected: str) -> None:
    """Most are of https://github.com/html5lib/html5lib-tests, tokenizer/test2.test."""
    assert unescape_attribute(value) == expected


@given(st.sampled_from(sorted(html5)), st.sampled_from(["=2", "x", "9", " ", "-", ""]))
def test_a_name_is_a_character_unless_a_text_goes_on(name: str, after: str) -> None:
    goes_on = not name.endswith(";") and after[:1] in ("=", "x", "9") and after
    if f"{name}{after}" in html5 or f"{name}{after};" in html5:
        return
    expected = f"&{name}{after}" if goes_on else f"{html5[name]}{after}"
    assert unescape_attribute(f"&{name}{after}") == expected


@given(links(), st.booleans(), st.sampled_from(['"', "'", ""]))
def test_in_html_a_link_leads_where_its_author_wrote(link: str, escaped: bool, mark: str) -> None:
    written = escape(link) if escaped else link
    if mark and mark in written:
        mark = '"'
    html = f"<p>x</p><a class=b href={mark}{written}{mark} title='href=\"y\"'>x</a>"
    finished = finish_message({"html": html}, REF)["html"]
    start = finished.index("href=") + 6
    value = finished[start : finished.index('"', start)]
    assert unescape(value) == tag_link(unescape_attribute(written), REF)
    assert unescape_attribute(value) == unescape(value)
    if not escaped:
        assert unescape_attribute(written) == link
    assert finished == f'<p>x</p><a class=b href="{value}" title=\'href="y"\'>x</a>'


def test_the_first_href_is_the_one_that_counts() -> None:
    html = "<a data-href='https://no.example' HREF = https://a.example/x href='https://no.example'>"
    assert finish_message({"html": html}, REF)["html"] == (
        f"<a data-href='https://no.example' HREF = \"https://a.example/x?segue_ref={REF}\""
        " href='https://no.example'>"
    )
    for other in (
        "<a>",
        "<a name=x>",
        "<a href>",
        "<abbr href='https://a.example'>",
        "<a href=''>",
    ):
        assert finish_message({"html": other}, REF)["html"].replace('""', "''") == other


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
    for tag in ("<a ", "<a title='1 > 0' ", '<a title="<b>" ', "<a/"):
        finished = finish_message({"html": f'{tag}href="{link}">x</a>'}, REF)
        assert finished == {"html": f'{tag}href="#">x</a>'}


def test_a_bare_link_that_would_run_a_script_is_disabled() -> None:
    html = "<a href=javascript:alert(1)>x</a>"
    assert finish_message({"html": html}, REF) == {"html": '<a href="#">x</a>'}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("text", "http://a.example/" + ")" * 190_000),
        ("text", "http://a.example/" + "().,]" * 38_000),
        ("html", "<a " * 63_000),
        ("html", "<v:" * 63_000),
        ("html", "<area x='" * 21_000),
        ("html", "<body " * 31_000),
        ("html", "<a" + " " * 190_000),
        ("html", "<a href='" + "&#" * 90_000 + "'>"),
    ],
)
def test_a_message_of_nothing_but_marks_is_read_once(part: str, text: str) -> None:
    """Some took minutes when they were read once for each mark."""
    finished = finish_message({part: text, "preheader": "seen"}, "r")
    assert len(finished[part]) >= len(text)
