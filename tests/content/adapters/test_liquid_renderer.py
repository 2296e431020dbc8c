"""Templates: strict, bounded, and a subject of one line."""

import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from hub.content.adapters.liquid_renderer import LiquidRenderer, find_variables
from hub.content.adapters.mjml_compiler import to_html
from hub.content.adapters.reader_locale import find_locale
from hub.content.domain.mjml_liquid import compile_mjml
from hub.content.domain.sms_segments import measure_sms
from hub.kernel.errors import Missing, Rejected

SCOPE = {"customer": {"person": {"first_name": "Ann\nBcc: x@example.com"}}}


def test_a_missing_variable_is_an_error_with_its_name() -> None:
    with pytest.raises(Rejected, match="last_name") as refusal:
        LiquidRenderer().render({"text": "{{ customer.person.last_name }}"}, SCOPE)
    assert refusal.value.field == "text"


def test_html_is_escaped_and_text_is_not() -> None:
    scope = {"name": "<Ann & Co>"}
    parts = LiquidRenderer().render({"text": "{{ name }}", "html": "{{ name }}"}, scope)
    assert parts == {"text": "<Ann & Co>", "html": "&lt;Ann &amp; Co&gt;"}


def test_a_value_cannot_break_out_of_the_subject() -> None:
    parts = LiquidRenderer().render({"subject": "Hi {{ customer.person.first_name }}"}, SCOPE)
    assert parts["subject"] == "Hi Ann Bcc: x@example.com"


@pytest.mark.parametrize(
    "endless",
    [
        "{% for i in (1..100000000) %}{% endfor %}",
        "{% for i in (1..9000) %}{{ 'a word of forty letters, as good as any' }}{% endfor %}",
    ],
)
def test_an_endless_template_is_refused(endless: str) -> None:
    with pytest.raises(Rejected):
        LiquidRenderer().render({"text": endless}, {})


def test_an_invalid_template_is_refused_with_the_reason() -> None:
    assert find_variables("Hello\n{{ customer.name }}") == [(("customer", "name"), 2)]
    for source, reason in (
        ("{% if name %}Hello", "expected tag endif"),
        ("{{ name | upcas }}", "line 1: there is no filter upcas: did you mean upcase?"),
        ("{% include 'footer' %}", "line 1: unexpected tag 'include'"),
        ("{{ name | safe }}", "there is no filter safe"),
    ):
        with pytest.raises(Rejected, match=re.escape(reason)):
            find_variables(source)


SCRIPT = "<script>alert('x & \"y\"')</script>"


@given(st.text(max_size=40))
def test_no_name_of_a_customer_changes_the_html(name: str) -> None:
    html = "<p title=\"{{ name }}\">{{ name | append: '!' | upcase }}{% render 'hello' %}</p>"
    parts = LiquidRenderer().render(
        {"html": html}, {"name": name}, {"hello": {"text": "{{ name }} & <you>"}}
    )
    page = _Page(parts["html"])
    assert page.tags == [("p", {"title": name.replace("\r\n", "\n").replace("\r", "\n")})]


class _Page(HTMLParser):
    """The tags of a page, as a browser finds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def render(text: str, part: str = "text", **variables: Any) -> str:
    scope = {"locale": "en", "time_zone": "Europe/London", **variables}
    return LiquidRenderer().render({part: text}, scope)[part]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ a.b | default: 'friend' }}", "friend"),
        ("{% if a.b == 'gold' %}gold{% else %}plain{% endif %}", "plain"),
        ("{% if a.b %}{{ a.b.c }}{% else %}nobody{% endif %}", "nobody"),
        ("{{ nothing | default: 'none' }}", "none"),
    ],
)
def test_a_template_may_say_that_a_variable_may_be_missing(text: str, expected: str) -> None:
    assert render(text, nothing=None) == expected


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
def test_a_missing_variable_is_never_a_blank(text: str) -> None:
    with pytest.raises(Missing, match="is not known"):
        render(text, nothing=None)


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
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
        (
            "en",
            "{{ 0.125 | percent }} {{ 0.075 | percent }} {{ 0.005 | percent }}",
            "12.5% 7.5% 0.5%",
        ),
        ("de", "{{ 0.04125 | percent }}", "4,125 %"),
        ("en", "{{ 1 | divided_by: 3.0 | percent }}", "33.333%"),
        ("en", "{{ 0.125 | percent: 0 }} {{ -0.125 | percent: 0 }}", "13% -13%"),
    ],
)
def test_figures_and_times_are_formatted_for_the_customers_locale(
    locale: str, text: str, expected: str
) -> None:
    assert render(text, locale=locale, time_zone="Europe/Vienna") == expected


@given(st.decimals(0, 10, places=5), st.sampled_from(["en-GB", "de", "fr", "ar", "hi", "tr"]))
def test_a_percentage_is_the_share_to_three_decimals(share: Decimal, locale: str) -> None:
    text = render("{{ share | percent }}", locale=locale, share=str(share))
    number = "".join(char for char in text if char.isdigit() or char in ".,\u066b\u066c")
    assert parse_decimal(number, find_locale(locale)) == share * 100


def test_a_formatted_figure_stays_in_the_sms_alphabet() -> None:
    text = render("{{ 123456 | money: 'EUR' }} {{ 0.1 | percent }}", locale="fr")
    assert measure_sms(text.replace("€", "")).encoding == "GSM-7"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ 5 | money: 'EURO' }}", "'EURO' is not a currency"),
        ("{{ 'five' | number }}", "'five' is not a number"),
        ("{{ true | money: 'EUR' }}", "True is not a number"),
        ("{{ 'now' | date }}", "'now' is not a time"),
        ("{{ 5 | date }}", "5 is not a time"),
        ("{{ 5 | percent: 'x' }}", "'x' is not a number of decimals"),
        ("{{ 10000000000000000 | number }}", "has more than 16 digits"),
    ],
)
def test_a_value_that_is_no_figure_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Rejected, match=re.escape(reason)):
        render(text)


def test_a_snippet_is_text_in_text_and_html_in_html() -> None:
    plain = {"text": "5 < {{ n }}"}
    snippets = {"it": {**plain, "html": "<b>{{ n }}</b>"}, "as": plain}
    body = {"text": "{% render 'it' %}", "html": "{% render 'it' %} {% render 'as' %}"}
    parts = LiquidRenderer().render(body, {"n": "<6>"}, snippets)
    assert parts == {"text": "5 < <6>", "html": "<b>&lt;6&gt;</b> 5 &lt; &lt;6&gt;"}


def test_an_unknown_snippet_is_named() -> None:
    with pytest.raises(Rejected, match="there is no snippet foter"):
        render("{% render 'foter' %}")


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


def test_mjml_is_compiled_to_html_with_its_liquid() -> None:
    html = compile_mjml(MJML, FOOTER, to_html)
    parts = LiquidRenderer().render(
        {"html": html},
        {"paper": "#fff", "gold": True, "xs": [1, 2], "name": SCRIPT, "foot": "Bye"},
    )
    page = parts["html"]
    assert "<mj-" not in page
    assert page.count("alert(") == 3
    assert "<script" not in page
    assert "background-color:#fff" in page
    assert "Bye" in page
    links = [attrs["href"] for tag, attrs in _Page(page).tags if tag == "a"]
    assert links == [f"https://a.example/?n={SCRIPT}"]
    without = LiquidRenderer().render(
        {"html": html}, {"paper": "#fff", "gold": False, "foot": "Bye"}
    )
    assert "alert(" not in without["html"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<mjml><mj-body><mj-sektion></mj-sektion></mj-body></mjml>", "did you mean mj-section?"),
        ("<mjml>\n<mj-body><mj-section></mj-body></mjml>", "line 2: </mj-body> has no opening tag"),
        ("<mjml><mj-body>Hello</mj-body></mjml>", "'Hello' is directly in mj-body: put it in"),
        ("<mjml><mj-head>{{ x }}</mj-head></mjml>", "Liquid is not allowed directly in mj-head"),
        ("<mjml><mj-body>", "<mj-body> is not closed"),
        ("<p>Hello</p>", "unexpected"),
        ("<mjml><mj-body><mj-include path='/etc/passwd' /></mj-body></mjml>", "unable to load"),
        ("<mjml><mj-body>{% render 'footer', a: 1 %}</mj-body></mjml>", "takes no parameters"),
        (
            "<mjml><mj-body><mj-section nosuch='{{ x }}'></mj-section></mj-body></mjml>",
            "{{ x }} is in a place that MJML ignores",
        ),
    ],
)
def test_invalid_mjml_is_refused(source: str, reason: str) -> None:
    with pytest.raises(Rejected, match=re.escape(reason)):
        compile_mjml(source, FOOTER, to_html)


def test_mjml_that_was_not_compiled_is_not_sent() -> None:
    with pytest.raises(Rejected, match="was not compiled to HTML"):
        LiquidRenderer().render({"mjml": "<mjml></mjml>"}, {})


@pytest.mark.parametrize("source", ["{{" * 50_000, "{%" * 50_000, "{{ x " * 10_000 + "}}"])
def test_many_unclosed_marks_are_refused_quickly(source: str) -> None:
    with pytest.raises(Rejected, match="are not closed"):
        find_variables(source)
