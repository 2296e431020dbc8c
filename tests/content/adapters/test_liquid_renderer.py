"""Templates: strict, bounded, and a subject of one line."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.content.adapters.liquid_renderer import LiquidRenderer, find_variables
from hub.content.adapters.mjml_compiler import to_html
from hub.content.domain.mjml_liquid import compile_mjml
from hub.content.domain.sms_segments import measure_sms
from hub.kernel.errors import Missing, Rejected

SCOPE = {"customer": {"person": {"first_name": "Ann\nBcc: x@example.com"}}}


def test_what_is_missing_is_an_error_with_its_name() -> None:
    with pytest.raises(Rejected, match="last_name") as refusal:
        LiquidRenderer().render({"text": "{{ customer.person.last_name }}"}, SCOPE)
    assert refusal.value.field == "text"


def test_html_is_escaped_and_text_is_not() -> None:
    scope = {"name": "<Ann & Co>"}
    parts = LiquidRenderer().render({"text": "{{ name }}", "html": "{{ name }}"}, scope)
    assert parts == {"text": "<Ann & Co>", "html": "&lt;Ann &amp; Co&gt;"}


def test_a_name_cannot_break_out_of_the_subject() -> None:
    parts = LiquidRenderer().render({"subject": "Hi {{ customer.person.first_name }}"}, SCOPE)
    assert parts["subject"] == "Hi Ann Bcc: x@example.com"


@pytest.mark.parametrize(
    "endless",
    [
        "{% for i in (1..100000000) %}{% endfor %}",
        "{% for i in (1..9000) %}{{ 'a word of forty letters, as good as any' }}{% endfor %}",
    ],
)
def test_a_template_without_end_is_refused(endless: str) -> None:
    with pytest.raises(Rejected):
        LiquidRenderer().render({"text": endless}, {})


def test_the_guard_hears_what_is_wrong_with_a_template() -> None:
    assert find_variables("Hello\n{{ customer.name }}") == [(("customer", "name"), 2)]
    for wrong, said in (
        ("{% if name %}Hello", "expected tag endif"),
        ("{{ name | upcas }}", "line 1: there is no filter upcas: did you mean upcase?"),
        ("{% include 'footer' %}", "line 1: unexpected tag 'include'"),
        ("{{ name | safe }}", "there is no filter safe"),
    ):
        with pytest.raises(Rejected, match=re.escape(said)):
            find_variables(wrong)


SCRIPT = "<script>alert('x & \"y\"')</script>"


@given(st.text(max_size=40))
def test_whatever_a_customer_is_called_html_stays_as_it_was_written(name: str) -> None:
    html = "<p title=\"{{ name }}\">{{ name | append: '!' | upcase }}{% render 'hello' %}</p>"
    parts = LiquidRenderer().render(
        {"html": html}, {"name": name}, {"hello": {"text": "{{ name }} & <you>"}}
    )
    read = _Read(parts["html"])
    assert read.tags == [("p", {"title": name.replace("\r\n", "\n").replace("\r", "\n")})]


class _Read(HTMLParser):
    """The tags of a page, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def rendered(text: str, part: str = "text", **scope: Any) -> str:
    known = {"locale": "en", "time_zone": "Europe/London", **scope}
    return LiquidRenderer().render({part: text}, known)[part]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ a.b | default: 'friend' }}", "friend"),
        ("{% if a.b == 'gold' %}gold{% else %}plain{% endif %}", "plain"),
        ("{% if a.b %}{{ a.b.c }}{% else %}nobody{% endif %}", "nobody"),
        ("{{ nothing | default: 'none' }}", "none"),
    ],
)
def test_what_may_be_missing_is_said_so(text: str, said: str) -> None:
    assert rendered(text, nothing=None) == said


@pytest.mark.parametrize(
    "text",
    [
        "{{ a.b }}",
        "{{ a.b | upcase }}",
        "{{ a.b | money: 'EUR' }}",
        "{{ 5 | money: a.b }}",
        "{{ a.b | date }}",
        "{% for x in a.b %}{% endfor %}",
        "{% assign x = a.b | size %}{{ x }}",
        "{{ nothing }}",
    ],
)
def test_nothing_missing_is_ever_a_blank(text: str) -> None:
    with pytest.raises(Missing, match="is not known"):
        rendered(text, nothing=None)


@pytest.mark.parametrize(
    ("locale", "text", "said"),
    [
        ("en-GB", "{{ 123456 | money: 'GBP' }}", "£1,234.56"),
        ("de-AT", "{{ 123456 | money: 'EUR' }}", "€ 1.234,56"),
        ("de", "{{ 123456 | money: 'EUR' }}", "1.234,56 €"),
        ("en", "{{ 500 | money: 'JPY' }}", "¥500"),
        ("en", "{{ 1990 | money: 'RSD' }}", "RSD19.90"),
        ("en", "{{ 1995 | money: 'IQD' }}", "IQD1.995"),
        ("de", "{{ 1234.5 | number }}", "1.234,5"),
        ("de", "{{ 0.1 | percent }}", "10 %"),
        ("en", "{{ '1984-02-29' | date: 'd MMMM' }}", "29 February"),
        ("de", "{{ '2026-11-25T23:30:00Z' | date: 'long' }}", "26. November 2026"),
        ("de", "{{ '2026-11-25T23:30:00Z' | time }}", "00:30"),
        ("xx-unheard", "{{ 0.1 | percent }}", "10%"),
    ],
)
def test_figures_and_times_are_written_as_where_the_customer_lives(
    locale: str, text: str, said: str
) -> None:
    assert rendered(text, locale=locale, time_zone="Europe/Vienna") == said


def test_a_figure_costs_a_text_message_no_alphabet() -> None:
    text = rendered("{{ 123456 | money: 'EUR' }} {{ 0.1 | percent }}", locale="fr")
    assert measure_sms(text.replace("€", "")).encoding == "GSM-7"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ 5 | money: 'EURO' }}", "'EURO' is no currency"),
        ("{{ 'five' | number }}", "'five' is no number"),
        ("{{ true | money: 'EUR' }}", "True is no number"),
        ("{{ 'now' | date }}", "'now' is no time"),
        ("{{ 5 | date }}", "5 is no time"),
    ],
)
def test_what_is_no_figure_is_refused(text: str, why: str) -> None:
    with pytest.raises(Rejected, match=re.escape(why)):
        rendered(text)


def test_a_snippet_is_text_in_text_and_html_in_html() -> None:
    plain = {"text": "5 < {{ n }}"}
    snippets = {"it": {**plain, "html": "<b>{{ n }}</b>"}, "as": plain}
    body = {"text": "{% render 'it' %}", "html": "{% render 'it' %} {% render 'as' %}"}
    parts = LiquidRenderer().render(body, {"n": "<6>"}, snippets)
    assert parts == {"text": "5 < <6>", "html": "<b>&lt;6&gt;</b> 5 &lt; &lt;6&gt;"}


def test_a_snippet_that_is_not_there_is_named() -> None:
    with pytest.raises(Rejected, match="there is no snippet foter"):
        rendered("{% render 'foter' %}")


def test_snippets_that_name_each_other_end() -> None:
    snippets = {"a": {"text": "{% render 'b' %}"}, "b": {"text": "{% render 'a' %}"}}
    with pytest.raises(Rejected):
        LiquidRenderer().render({"text": "{% render 'a' %}"}, {}, snippets)


MJML = (
    '<mjml><mj-body background-color="{{ paper }}">{% if gold %}<mj-section><mj-column>'
    "{% for x in xs %}<mj-text>Hi {{ name }} &amp; {{ x }}</mj-text>{% endfor %}"
    '<mj-button href="https://a.example/?n={{ name }}">Go</mj-button>'
    "</mj-column></mj-section>{% endif %}{% render 'footer' %}</mj-body></mjml>"
)
FOOT = "<mj-section><mj-column><mj-text>{{ foot }}</mj-text></mj-column></mj-section>"
FOOTER = {"footer": {"text": "x", "mjml": FOOT}}


def test_mjml_is_made_into_html_with_its_liquid_left_as_it_was() -> None:
    html = compile_mjml(MJML, FOOTER, to_html)
    parts = LiquidRenderer().render(
        {"html": html},
        {"paper": "#fff", "gold": True, "xs": [1, 2], "name": SCRIPT, "foot": "Bye"},
    )
    made = parts["html"]
    assert "<mj-" not in made
    assert made.count("alert(") == 3
    assert "<script" not in made
    assert "background-color:#fff" in made
    assert "Bye" in made
    links = [attrs["href"] for tag, attrs in _Read(made).tags if tag == "a"]
    assert links == [f"https://a.example/?n={SCRIPT}"]
    without = LiquidRenderer().render(
        {"html": html}, {"paper": "#fff", "gold": False, "foot": "Bye"}
    )
    assert "alert(" not in without["html"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<mjml><mj-body><mj-sektion></mj-sektion></mj-body></mjml>", "did you mean mj-section?"),
        ("<mjml>\n<mj-body><mj-section></mj-body></mjml>", "line 2: </mj-body> ends what was not"),
        ("<mjml><mj-body>Hello</mj-body></mjml>", "'Hello' stands in mj-body itself: put it in"),
        ("<mjml><mj-head>{{ x }}</mj-head></mjml>", "Liquid cannot stand in mj-head itself"),
        ("<mjml><mj-body>", "<mj-body> is not ended"),
        ("<p>Hello</p>", "unexpected"),
        ("<mjml><mj-body><mj-include path='/etc/passwd' /></mj-body></mjml>", "unable to load"),
        ("<mjml><mj-body>{% render 'footer', a: 1 %}</mj-body></mjml>", "takes no words"),
        (
            "<mjml><mj-body><mj-section nosuch='{{ x }}'></mj-section></mj-body></mjml>",
            "{{ x }} stands where MJML has no use for it",
        ),
    ],
)
def test_what_is_no_mjml_is_refused(source: str, why: str) -> None:
    with pytest.raises(Rejected, match=re.escape(why)):
        compile_mjml(source, FOOTER, to_html)


def test_mjml_that_was_not_made_into_html_is_not_sent_as_it_is() -> None:
    with pytest.raises(Rejected, match="was not made into HTML"):
        LiquidRenderer().render({"mjml": "<mjml></mjml>"}, {})


@pytest.mark.parametrize("source", ["{{" * 50_000, "{%" * 50_000, "{{ x " * 10_000 + "}}"])
def test_marks_that_are_never_closed_hold_nobody_up(source: str) -> None:
    with pytest.raises(Rejected, match="are not closed"):
        find_variables(source)
