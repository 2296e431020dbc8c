"""Templates that try to take endless time or memory. Each is rendered within its budget or is a
problem with the limit in its text: none raises anything else, at publication or when it is sent."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.content.adapters.liquid_limits import LimitedContext
from hub.content.adapters.liquid_renderer import _TEXT, LiquidRenderer, find_variables
from hub.content.domain.render_budget import (
    LONGEST_TEXT,
    MOST_STEPS,
    OverBudget,
    RenderBudget,
)
from hub.kernel.errors import Rejected

_MOST_CALLS = 100 * MOST_STEPS
"""How many functions may be called in a render, counted without the budget's help."""
ROUNDS, END = "{% for i in (1..9999) %}", "{% endfor %}"
LONG = f"{{% capture s %}}{ROUNDS}0123456789{END}{{% endcapture %}}"
DOUBLED = "{% for i in (1..99) %}{% assign s = s | "
STEPS, DIGITS = "takes more than 50,000 steps", "makes a number of more than 40 digits"
LENGTH = "makes more than 200,000 characters or 10,000 members of a list"
RANGE = "makes a range of more than 10,000 numbers"
REPEATS = "repeats more than 10,000 times"
OUTPUT = "makes more than 200,000 bytes of text"
DEEP = "has an expression that is nested more than 50 deep"
BLANKS = "begins with more than 100 blanks"
TAGS = "has more than 5,000 tags"


def repeat(step: str, start: str = "9", times: int = 99) -> str:
    """A number or text that grows with every round."""
    loop = f"{{% for i in (1..{times}) %}}{{% assign n = n | {step} %}}{{% endfor %}}"
    return f"{{% assign n = {start} %}}{loop}{{{{ n | size }}}}"


OVER: dict[str, tuple[str, str]] = {
    "a number squared forty times": (repeat("times: n", times=40), DIGITS),
    "a text that is a number, squared": (repeat("times: n", "'99999'"), DIGITS),
    "a fraction squared": (repeat("times: n", "9.5"), DIGITS),
    "a number divided by ever less": (repeat("divided_by: 0.0001"), DIGITS),
    "a number added to itself": (repeat("plus: n", times=200), DIGITS),
    "a sum of a long text of digits": ("{{ '9e39,9e39' | split: ',' | sum }}", DIGITS),
    "a number of a power": ("{{ '1e999999999' | plus: 1 }}", DIGITS),
    "a sum of a power": ("{{ '1e999999999' | split: ',' | sum }}", DIGITS),
    "infinity": ("{{ 'inf' | plus: 1 }}", DIGITS),
    "no number": ("{{ 'nan' | abs }}", DIGITS),
    "a number of 4,000 digits": (f"{{{{ '{'9' * 4000}' | plus: 1 }}}}", DIGITS),
    "a literal of 5,000 digits": (f"{{{{ {'9' * 5000} }}}}", "has a number that is too large"),
    "an index of 5,000 digits": (f"{{{{ a[{'9' * 5000}] }}}}", "has a number that is too large"),
    "append": (repeat("append: n", "'x'"), LENGTH),
    "prepend": (repeat("prepend: n", "'x'"), LENGTH),
    "replace each": (repeat("replace: 'x', 'xxxxxxxxx'", "'x'"), LENGTH),
    "replace nothing": (repeat("replace: '', 'xxxxxxxxx'", "'x'"), LENGTH),
    "escape": (repeat("escape", "'&&&&&'", 9_000), STEPS),
    "newline_to_br": (f"{LONG}{{{{ s | replace: '0', s }}}}", LENGTH),
    "url_encode": (repeat("url_encode", "'%%%%%%'", 9_000), STEPS),
    "base64_encode": (repeat("base64_encode", "'x'"), LENGTH),
    "escapejs": (repeat("escapejs | replace: 'u', '\\u'", "'<'"), LENGTH),
    "join by a long text": (f"{LONG}{{{{ (1..9) | join: s }}}}", LENGTH),
    "concat": (
        f"{{% assign a = 'x,y' | split: ',' %}}{ROUNDS}{{% assign a = a | concat: a %}}{END}",
        LENGTH,
    ),
    "concat of large members": (
        f"{LONG}{{% assign a = s | split: '|' %}}{ROUNDS}{{% assign a = a | concat: a %}}{END}",
        LENGTH,
    ),
    "split into characters": (f"{LONG}{{{{ s | split: '' | size }}}}", LENGTH),
    "capture in capture": (
        f"{ROUNDS}{{% capture s %}}{'{{ s | default: 1 }}' * 2}{{% endcapture %}}{END}",
        OUTPUT,
    ),
    "captures of long texts": (
        f"{LONG}{ROUNDS}{{% capture t %}}{{{{ s }}}}{{% endcapture %}}{END}",
        STEPS,
    ),
    "uniq of a long list": ("{{ (1..9999) | join | split: ' ' | uniq | size }}", STEPS),
    "strip_html of open marks": (
        f"{{% capture s %}}{ROUNDS}<![CDATA[{END}{{% endcapture %}}{{{{ s | strip_html }}}}",
        STEPS,
    ),
    "sort in a loop": (
        f"{{% assign a = (1..9999) | join | split: ' ' %}}{ROUNDS}{{% assign b = a | sort %}}{END}",
        STEPS,
    ),
    "a range of a thousand million": ("{% for i in (1..1000000000) %}{% endfor %}", RANGE),
    "its end": ("{% for i in (1..1000000000) offset: 999999990 %}{% endfor %}", RANGE),
    "it reversed": ("{% for i in (1..1000000000) reversed limit: 2 %}{% endfor %}", RANGE),
    "it joined": ("{{ (1..1000000000) | join }}", RANGE),
    "it searched": ("{% assign r = (1..1000000000) %}{% if r contains 'x' %}{% endif %}", RANGE),
    "it compared": ("{% if (1..1000000000) == 1 %}{% endif %}", RANGE),
    "it as a case": ("{% case (1..1000000000) %}{% when 1 %}{% endcase %}", RANGE),
    "it in tablerow": ("{% tablerow i in (1..1000000000) cols: 2 %}{% endtablerow %}", RANGE),
    "it in cycle": ("{% cycle (1..1000000000) %}", RANGE),
    "a range below nothing": ("{% for i in (-1000000000..0) %}{% endfor %}", RANGE),
    "loops within loops": (
        "{% for a in (1..99) %}{% for b in (1..99) %}{% for c in (1..9) %}" + 3 * END,
        REPEATS,
    ),
    "loops one after the other": ((ROUNDS + END) * 2_400, STEPS),
    "tablerows one after the other": (
        "{% tablerow i in (1..9999) cols: 9 %}{% endtablerow %}" * 9,
        OUTPUT,
    ),
    "tags without output": (f"{ROUNDS}{'{% if false %}{% endif %}' * 2_000}{END}", STEPS),
    "branches that never hold": (
        f"{ROUNDS}{{% if false %}}{'{% elsif false %}' * 2_000}{{% endif %}}{END}",
        STEPS,
    ),
    "cases": (f"{ROUNDS}{{% case 1 %}}{'{% when 2 %}x' * 2_000}{{% endcase %}}{END}", STEPS),
    "counters": (f"{ROUNDS}{'{% increment a %}{% decrement b %}' * 5}{END}", STEPS),
    "assignments": (f"{ROUNDS}{'{% assign a = i | append: i %}' * 99}{END}", STEPS),
    "cycles with long keys": (f"{LONG}{ROUNDS}{{% cycle '', i, s %}}{END}", STEPS),
    "ifchanged": (f"{LONG}{ROUNDS}{{% ifchanged %}}{{{{ s }}}}{{% endifchanged %}}{END}", STEPS),
    "searches in a long text": (
        f"{LONG}{ROUNDS}{{% if s contains 'x1' or s contains 'x2' %}}{{% endif %}}{END}",
        STEPS,
    ),
    "output": (f"{LONG}{{{{ s }}}}{{{{ s }}}}{{{{ s }}}}", OUTPUT),
    "amounts": (f"{ROUNDS}{{{{ i | money: 'EUR' }}}}{END}", STEPS),
    "dates": (f"{ROUNDS}{{{{ '2026-11-25' | date: 'EEEE d MMMM' }}}}{END}", STEPS),
    "a long pattern": (
        f"{{% capture s %}}{ROUNDS}EEEE%A{END}{{% endcapture %}}{{{{ '2026-11-25' | date: s }}}}",
        STEPS,
    ),
    "conditions of many words": (f"{{% if {' and '.join(['true'] * 5_000)} %}}{{% endif %}}", DEEP),
    "brackets within brackets": (f"{{{{ {'a[' * 3_000}b{']' * 3_000} }}}}", DEEP),
    "open brackets": (f"{{{{ {'[' * 9_000} }}}}", DEEP),
    "ranges within ranges": (f"{{% for i in {'(1..' * 400}2{')' * 400} %}}{END}", DEEP),
    "sixty words": (f"{{% if {' or '.join(['a'] * 60)} %}}{{% endif %}}", DEEP),
    "blocks within blocks": (
        "{% if true %}" * 31 + "{% endif %}" * 31,
        "has blocks that are nested more than 30 deep",
    ),
    "raw without end": ("{% raw %}" * 4_000, "has too many raw that are not closed"),
    "doc without end": ("{% doc %}" * 4_000, "has too many doc that are not closed"),
    "marks without end": ("{{" * 90_000, "has too many {{ that are not closed"),
    "comments without end": ("<!--" * 40_000, "has too many comments that are not closed"),
    "blanks behind a mark": ("{{" + " " * 150_000, BLANKS),
    "blanks behind a tag": ("{% if" + " " * 150_000 + "true %}x{% endif %}", BLANKS),
    "wide blanks": ("{{" + "\u3000" * 150_000 + "}}", BLANKS),
    "many tags": ("{{ 1 }}" * 6_000, TAGS),
    "a long text": ("x" * (LONGEST_TEXT + 1), "has more than 200,000 characters"),
    "a long text of four bytes": ("\U0001f389" * 60_000, OUTPUT),
    "a filter without its context": ("{{ 'a' | upcase: context: 5 }}", "upcase takes no context"),
}
WITHIN = {
    "a limit that is no number": "{% for i in (1..3) limit: 'x' %}x{% endfor %}",
    "columns of no size": "{% tablerow i in (1..3) cols: 0 %}x{% endtablerow %}",
    "a year of five digits": "{{ '99999-01-01' | date }}",
    "the last year": "{{ '9999-12-31T23:59:59Z' | date: 'y' }}",
    "the first year": "{{ '0001-01-01' | date: '%s' }}",
    "a time of many digits": f"{{{{ {'9' * 30} | date }}}}",
    "rounding to many places": f"{{{{ 1.5 | round: {'9' * 30} }}}}",
    "a slice far away": f"{{{{ 'abc' | slice: {'9' * 30}, {'9' * 30} }}}}",
    "truncate to a huge length": f"{{{{ 'abc' | truncate: {'9' * 30} }}}}",
    "truncatewords to a huge length": f"{{{{ 'abc' | truncatewords: {'9' * 30} }}}}",
    "percent of many decimals": f"{{{{ 0.5 | percent: {'9' * 30} }}}}",
    "divided by nothing": "{{ 5 | divided_by: 0 }}{{ 5 | modulo: 0 }}",
    "a modulo of far numbers": "{{ 1e30 | modulo: '1e-300' }}",
    "half a character": "{{ '\ud800' | url_encode | base64_encode }}",
    "letters that grow": "{{ 'ŉẞǰΐİ' | upcase | downcase | capitalize }}",
    "digits of other alphabets": "{{ '٣٤' | plus: '５' | number }}",
    "a name of 5,000 words": f"{{{{ a{'.b' * 5_000} }}}}",
    "an environment": "{{ 'a' | escape: environment: 5 }}",
    "alternating quotes": "{{ " + "'\"" * 40_000 + " }}",
    "comments within comments": "{% comment %}" * 2_000,
    "a sum of a list of lists": "{{ 'a,b' | split: ',' | concat: a | sum }}",
    "json": "{{ 'a' | json }}",
}
BOMB = {
    f"s{n}": {"text": "{% render 'NEXT' %}".replace("NEXT", f"s{n + 1}") * 2} for n in range(28)
}
WELL = {
    f"s{n}": {"text": "{% if true %}" * 20 + f"{{% render 's{n + 1}' %}}" + "{% endif %}" * 20}
    for n in range(28)
}
OF_SNIPPETS: dict[str, tuple[dict[str, dict[str, str]], str]] = {
    "two snippets in each of 28": ({**BOMB, "s28": {"text": "x"}}, STEPS),
    "a snippet in itself": (
        {"s0": {"text": "{% render 's0' %}"}},
        "has snippets that are nested more than 30 deep",
    ),
    "snippets in blocks": ({**WELL, "s28": {"text": "x"}}, "is nested more than 60 deep"),
    "a loop of loops": (
        {"s0": {"text": f"{ROUNDS}{{% render 's1' %}}{END}"}, "s1": {"text": ROUNDS + END}},
        REPEATS,
    ),
    "open marks": ({"s0": {"text": "{{" * 90_000}}, "has too many {{ that are not closed"),
    "a range that is handed over": (
        {"s0": {"text": "{% render 's1', r: (1..1000000000) %}"}, "s1": {"text": "{{ r | join }}"}},
        RANGE,
    ),
}


def render(
    text: str, part: str = "text", snippets: dict[str, dict[str, str]] | None = None, **scope: Any
) -> str:
    """Renders a text and counts the calls, also those that the budget does not count."""
    calls = 0

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal calls
        calls += event == "call"

    total = RenderBudget(sys.maxsize)
    variables = {"locale": "en", "time_zone": "Europe/London", **scope}
    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        return LiquidRenderer().render({part: text}, variables, snippets or {}, total)[part]
    finally:
        sys.setprofile(previous)
        assert calls <= _MOST_CALLS


@pytest.mark.parametrize("name", OVER)
def test_a_template_without_end_is_refused_with_the_limit(name: str) -> None:
    text, reason = OVER[name]
    with pytest.raises(Rejected) as refusal:
        render(text, "html")
    assert reason in refusal.value.reason
    assert refusal.value.field == "html"
    with suppress(Rejected):
        find_variables(text)


@pytest.mark.parametrize("part", ["text", "html"])
@pytest.mark.parametrize("name", WITHIN)
def test_a_template_at_the_edge_is_rendered_or_refused(name: str, part: str) -> None:
    with suppress(Rejected):
        assert len(render(WITHIN[name], part).encode(errors="replace")) <= LONGEST_TEXT
    with suppress(Rejected):
        find_variables(WITHIN[name])


@pytest.mark.parametrize("name", OF_SNIPPETS)
def test_snippets_share_the_budget_of_their_template(name: str) -> None:
    snippets, reason = OF_SNIPPETS[name]
    with pytest.raises(OverBudget) as refusal:
        render("{% render 's0' %}", "html", snippets)
    assert reason in refusal.value.reason


def test_the_problem_names_the_line() -> None:
    with pytest.raises(OverBudget, match=r"^line 3: takes more than 50,000 steps$"):
        render(f"Hello\n{{% if true %}}\n{ROUNDS}{'{{ i }}' * 9}{END}{{% endif %}}")


def test_a_text_of_a_usual_size_has_room() -> None:
    lines = [{"name": f"Article {n}", "price": 1999} for n in range(200)]
    text = (
        "{% for line in lines %}<tr><td>{{ line.name | upcase }}</td>"
        "<td>{{ line.price | money: 'EUR' }}</td>"
        "<td>{% render 'note', n: forloop.index %}</td></tr>"
        "{% endfor %}"
    )
    total = RenderBudget(sys.maxsize)
    snippets = {"note": {"text": "{% if n == 1 %}first{% endif %}"}}
    LiquidRenderer().render({"html": text}, {"lines": lines, "locale": "en"}, snippets, total)
    assert total.steps < MOST_STEPS / 3


def test_each_part_has_its_own_budget_and_the_total_has_all() -> None:
    half = ROUNDS + "{{ i }}" + END
    total = RenderBudget(MOST_STEPS)
    with pytest.raises(OverBudget):
        LiquidRenderer().render({"text": half, "html": half, "title": half}, {}, {}, total)
    alone = RenderBudget(MOST_STEPS)
    LiquidRenderer().render({"text": half}, {}, {}, alone)
    assert total.steps == 2 * alone.steps


NAMES = st.sampled_from(["n", "s", "a", "d", "missing", "d.deep", "a.first", "s.size", "a[0]"])
LITERALS = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.floats(-1e30, 1e30, allow_nan=False).map("{:f}".format),
    st.sampled_from(
        "'x' '' '1e400' '%d' 'EUR' '2026-11-25' 'y' nil (1..9) (1..999999) true empty".split()  # noqa: SIM905 a grammar
    ),
)
OPERANDS = NAMES | LITERALS
FILTERS = st.builds(
    lambda name, arguments: f" | {name}{': ' if arguments else ''}{', '.join(arguments)}",
    st.sampled_from(sorted(_TEXT.filters)),
    st.lists(OPERANDS, max_size=2),
)
VALUES = st.builds(
    lambda left, filters: left + "".join(filters), OPERANDS, st.lists(FILTERS, max_size=4)
)
TESTS = st.builds(
    "{} {} {}".format,
    OPERANDS,
    st.sampled_from(["==", "!=", "<", ">=", "contains", "and", "or"]),
    OPERANDS,
)
LEAVES = st.one_of(
    st.builds("{{{{ {} }}}}".format, VALUES),
    st.builds("{{% assign {} = {} %}}".format, st.sampled_from("nsad"), VALUES),
    st.builds("{{% cycle {}, {} %}}".format, OPERANDS, OPERANDS),
    st.sampled_from(["{% increment n %}", "{% render 'more' %}", "{% break %}", "<b>é</b>\n"]),
)
TEMPLATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, TESTS, inner, inner),
        st.builds("{{% for i in {} %}}{}{{% endfor %}}".format, OPERANDS, inner),
        st.builds("{{% for n in (1..99) %}}{}{{% endfor %}}".format, inner),
        st.builds("{{% capture {} %}}{}{{% endcapture %}}".format, st.sampled_from("ns"), inner),
        st.builds(
            "{{% tablerow i in {} cols: {} %}}{}{{% endtablerow %}}".format, NAMES, OPERANDS, inner
        ),
        st.builds(
            "{{% case {} %}}{{% when {} %}}{}{{% endcase %}}".format, OPERANDS, OPERANDS, inner
        ),
    ),
    max_leaves=12,
)
SCOPES = st.fixed_dictionaries(
    {
        "n": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        "s": st.text(max_size=20) | st.sampled_from(["x" * 2_000, "9" * 50, "<b>&"]),
        "a": st.lists(st.integers() | st.text(max_size=5) | st.none(), max_size=5),
        "d": st.dictionaries(st.sampled_from(["deep", "b"]), st.integers() | st.text(max_size=3)),
    }
)


@settings(max_examples=400, deadline=None)
@given(TEMPLATES, TEMPLATES, SCOPES, st.sampled_from(["text", "html"]))
def test_any_template_is_rendered_within_its_limits_or_is_a_problem(
    template: str, snippet: str, scope: dict[str, Any], part: str
) -> None:
    total = RenderBudget(sys.maxsize)
    with suppress(Rejected):
        rendered = LiquidRenderer().render(
            {part: template}, {"locale": "en", **scope}, {"more": {"text": snippet}}, total
        )
        assert len(rendered[part].encode(errors="replace")) <= LONGEST_TEXT
        assert total.steps <= MOST_STEPS
    with suppress(Rejected):
        find_variables(template)


def test_contexts_of_snippets_share_one_budget() -> None:
    template = _TEXT.from_string("")
    context = LimitedContext(template)
    assert context.copy({}).budget is context.budget  # type: ignore[attr-defined]  # a copy is one too
