"""Templates: strict, bounded, and a subject of one line."""

import pytest

from hub.adapters.content import LiquidRenderer, syntax_problem
from hub.domain.errors import Rejected

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
    assert syntax_problem("Hello {{ name }}") is None
    assert "if" in str(syntax_problem("{% if name %}Hello"))
