"""Whatever a template, a filter or a library does, it costs that template alone."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT
from hub.content.adapters.liquid_renderer import (
    _TEXT,
    LiquidRenderer,
    _parse,
    find_variables,
)
from hub.content.adapters.mjml_compiler import to_html
from hub.content.adapters.reader_locale import find_locale
from hub.content.wiring import build_proofread_template
from hub.kernel.errors import Rejected
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.publication import make_row_check, publish
from tests.factories import NOON
from tests.faulty_libraries import ERRORS, LIBRARY_TEXT

FIELDS = load_declared_fields()
PROOFREAD = build_proofread_template(FIELDS)
CHECK = make_row_check(RowSchemas(), FIELDS)
LIBRARIES = (
    *(
        f"hub.content.adapters.liquid_filters.{name}"
        for name in (
            "format_currency",
            "format_date",
            "format_decimal",
            "format_percent",
            "format_time",
            "is_currency",
        )
    ),
    "hub.content.adapters.date_patterns.parse_pattern",
    "hub.content.adapters.date_patterns.tokenize_pattern",
    "hub.content.adapters.reader_locale.Locale.parse",
    "liquid.BoundTemplate.analyze",
    "liquid.BoundTemplate.render_with_context",
    "liquid.Environment.from_string",
    "mrml.to_html",
)


EXCEPTIONS = ERRORS.filter(lambda error: isinstance(error, Exception))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["2026-11-25", "2026-11-25T08:00:00Z", "EUR", "1e999999999", "%d", "/w==", "-0"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=600)
@given(
    st.sampled_from(sorted(_TEXT.filters)),
    VALUES,
    st.lists(VALUES, max_size=3),
    st.sampled_from(["en-GB", "de", "zh-Hant", "", "x"]),
)
def test_a_filter_gives_a_text_or_refuses(
    name: str, value: Any, arguments: list[Any], locale: str
) -> None:
    scope = {"value": value, "locale": locale, "time_zone": "Europe/London"}
    scope |= {f"a{n}": argument for n, argument in enumerate(arguments)}
    listed = ", ".join(f"a{n}" for n in range(len(arguments)))
    text = f"{{{{ value | {name}{':' if listed else ''} {listed} }}}}"
    with suppress(Rejected):
        assert isinstance(LiquidRenderer().render({"text": text}, scope)["text"], str)


@settings(max_examples=300)
@given(st.text(alphabet="{}%|:'.,()[] -0a1ifendforassign", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_template_or_is_refused(text: str) -> None:
    with suppress(Rejected):
        find_variables(text)
    with suppress(Rejected):
        assert isinstance(LiquidRenderer().render({"text": text, "html": text}, {})["text"], str)


LONG = "{% capture s %}{% for i in (1..9999) %}0123456789{% endfor %}{% endcapture %}"


@pytest.mark.parametrize(
    "text",
    [
        "{% assign s = 'x' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}x",
        "{% assign n = 9 %}{% for i in (1..99) %}{% assign n = n | times: n %}{% endfor %}x",
        (
            "{% assign a = 'x' | split: '' %}{% for i in (1..99) %}{% assign a = a | concat: a %}"
            "{% endfor %}x"
        ),
        f"{LONG}{{{{ s | replace: '1', s }}}}",
        f"{LONG}{{% assign a = '1,2,3,4,5' | split: ',' %}}{{{{ a | join: s }}}}",
        "{{ '1e999999999' | number }}",
    ],
)
def test_no_value_grows_without_end(text: str) -> None:
    with pytest.raises(Rejected):
        LiquidRenderer().render({"text": text}, {})


@contextmanager
def _failing(library: str, error: BaseException) -> Iterator[None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    caches = find_locale.cache_clear, _parse.cache_clear
    try:
        with patch(library, fail):
            for clear in caches:
                clear()
            yield
    finally:
        for clear in caches:
            clear()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LIBRARIES), EXCEPTIONS)
def test_whatever_a_library_raises_the_other_rows_are_published(
    library: str, error: BaseException
) -> None:
    texts = (
        "{{ 5 | money: 'EUR' }} {{ 5 | number }} {{ 0.5 | percent }}"
        "{{ event.occurred_at | date }} {{ event.occurred_at | date: 'd MMMM' }}"
        "{{ event.occurred_at | time }}"
    )
    mjml = "<mjml><mj-body><mj-section></mj-section></mj-body></mjml>"
    row = {
        "template_id": "new",
        "purpose": "service",
        "email": {"en": {"subject": "x", "text": texts, "mjml": mjml}},
    }
    rule = {
        "rule_id": "r",
        "strategy": "s",
        "event": "page.viewed",
        "then": [{"do": "append", "dataset": "clicks"}],
        "status": "paused",
    }
    with _failing(library, error):
        publication = publish(
            {"templates": [row], "rules": [rule]}, EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD
        )
    feedback = {update.key: update.published for update in publication.feedback}
    assert feedback["new"]["problems"] or feedback["new"].get("warnings")
    assert publication.snapshot
    assert "r" in publication.snapshot["rows"]["rules"], feedback["r"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LIBRARIES[:6]), EXCEPTIONS)
def test_whatever_a_library_raises_a_message_is_refused(library: str, error: BaseException) -> None:
    text = "{{ 5 | money: 'EUR' }}{{ 5 | number }}{{ 0.5 | percent }}{{ d | date }}{{ d | time }}"
    with _failing(library, error), pytest.raises(Rejected) as refusal:
        LiquidRenderer().render({"text": text}, {"d": "2026-11-25T08:00:00Z"})
    assert refusal.value.field == "text"
    assert LIBRARY_TEXT not in refusal.value.reason


@settings(max_examples=100, deadline=None)
@given(ERRORS)
def test_whatever_mjml_raises_is_a_mistake_of_its_text(error: BaseException) -> None:
    with _failing("mrml.to_html", error), pytest.raises(Rejected):
        to_html("<mjml></mjml>")
