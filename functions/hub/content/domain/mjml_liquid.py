"""Compiles MJML with Liquid in it to HTML and leaves the Liquid as it is.

The compiler parses its source as XML, which Liquid is not. So a word of letters replaces each
Liquid mark meanwhile. Between components, where only components are allowed, the word goes into an
`mj-raw`, which MJML passes through. A snippet with a part `mjml` that is named between components
is inserted before.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from hub.content.domain.render_budget import LONGEST_TEXT, OverBudget, RenderBudget
from hub.content.domain.template_size import check_size
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected

RENDER_TAG = re.compile(
    r"""\{%-?\s*render\s+(['"])(?P<name>[^'"]*)\1(?P<rest>.*?)-?%\}""", re.DOTALL
)
MOST_NESTED = 10
_MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>mj[a-z-]*)\b(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*?(?P<lone>/?)>"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CONTAINERS = frozenset({"mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"})
_HEAD_ELEMENTS = frozenset({"mjml", "mj-head", "mj-attributes"})
_ELEMENTS = (
    *_CONTAINERS,
    *_HEAD_ELEMENTS,
    *("mj-accordion", "mj-accordion-element", "mj-accordion-text", "mj-accordion-title", "mj-all"),
    *("mj-breakpoint", "mj-button", "mj-carousel", "mj-carousel-image", "mj-class", "mj-divider"),
    *("mj-font", "mj-image", "mj-include", "mj-navbar", "mj-navbar-link", "mj-preview", "mj-raw"),
    *("mj-social", "mj-social-element", "mj-spacer", "mj-style", "mj-table", "mj-text", "mj-title"),
)

Snippets = Mapping[str, Mapping[str, str]]


class _Stretch(NamedTuple):
    """A stretch of the source between two elements, and the element that contains it."""

    start: int
    end: int
    within: str


def compile_mjml(source: str, snippets: Snippets, to_html: Callable[[str], str]) -> str:
    """Compiles the source. `to_html` compiles MJML without Liquid.

    Raises `Rejected` as `to_html` does, and for an unknown element or Liquid in a place where it is
    not allowed."""
    check_size(source)
    complete = _insert_snippets(source, snippets, RenderBudget(LONGEST_TEXT))
    check_size(complete)
    prefix, marks = f"q{digest(complete, 10)}n", list[str]()

    def to_word(mark: re.Match[str]) -> str:
        marks.append(mark[0])
        return f"{prefix}{len(marks) - 1}q"

    without_marks = _MARK.sub(to_word, complete)
    words = re.compile(rf"{prefix}(\d+)q")
    html = to_html(_wrap_marks_in_raw(without_marks, words))
    if lost := set(range(len(marks))) - {int(n) for n in words.findall(html)}:
        raise Rejected(f"{marks[min(lost)]} is in a place that MJML ignores")
    return words.sub(lambda word: marks[int(word[1])], html)


def _insert_snippets(
    source: str, snippets: Snippets, characters: RenderBudget, depth: int = 0
) -> str:
    """Replaces each snippet that is named between components by its MJML.

    `characters` is how many characters snippets may still insert, with those within snippets."""
    if depth > MOST_NESTED:
        raise Rejected("its snippets contain each other endlessly")
    stretches = list(_find_stretches(source))
    starts = [stretch.start for stretch in stretches]

    def insert(tag: re.Match[str]) -> str:
        mjml = snippets.get(tag["name"], {}).get("mjml")
        at = bisect_right(starts, tag.start()) - 1
        is_between_components = (
            at >= 0 and tag.start() < stretches[at].end and stretches[at].within in _CONTAINERS
        )
        if not mjml or not is_between_components:
            return tag[0]
        if tag["rest"].strip():
            raise Rejected(f"snippet {tag['name']} takes no parameters between components")
        if characters.steps + len(mjml) > characters.most_steps:
            raise OverBudget(f"its snippets insert more than {LONGEST_TEXT:,} characters")
        characters.spend(len(mjml))
        wrapped = f"<{_WRAPPER}>{mjml}</{_WRAPPER}>"
        return _insert_snippets(wrapped, snippets, characters, depth + 1)

    complete = RENDER_TAG.sub(insert, source)
    return complete.removeprefix(f"<{_WRAPPER}>").removesuffix(f"</{_WRAPPER}>")


_WRAPPER = "mj-body"


def _wrap_marks_in_raw(source: str, words: re.Pattern[str]) -> str:
    pieces, at = list[str](), 0
    for stretch in _find_stretches(source):
        text = source[stretch.start : stretch.end]
        if stretch.within in _HEAD_ELEMENTS and words.search(text):
            line = _line_number(source, stretch.start)
            raise Rejected(f"line {line}: Liquid is not allowed directly in {stretch.within}")
        if stretch.within in _CONTAINERS:
            if bare_text := words.sub("", _COMMENT.sub("", text)).strip():
                line = _line_number(source, stretch.start)
                problem = f"line {line}: {bare_text[:30]!r} is directly in {stretch.within}"
                raise Rejected(f"{problem}: put it in an mj-text")
            pieces += [source[at : stretch.start], words.sub(r"<mj-raw>\g<0></mj-raw>", text)]
            at = stretch.end
    return "".join([*pieces, source[at:]])


def _line_number(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


def _find_stretches(source: str) -> Iterator[_Stretch]:
    """Yields the stretches between elements. Raises `Rejected` if the elements are wrong."""
    within, at = [""], 0
    for tag in _TAG.finditer(_COMMENT.sub(lambda comment: " " * len(comment[0]), source)):
        yield _Stretch(at, tag.start(), within[-1])
        at, name = tag.end(), tag["name"]
        if name not in _ELEMENTS:
            line = _line_number(source, tag.start())
            close = format_suggestion(find_nearest(name, _ELEMENTS))
            raise Rejected(f"line {line}: there is no element {name}{close}")
        if tag["end"]:
            if within[-1] != name:
                line = _line_number(source, tag.start())
                open_element = f"{within[-1]} is open" if within[-1] else "nothing is open"
                raise Rejected(f"line {line}: </{name}> has no opening tag: {open_element}")
            within.pop()
        elif not tag["lone"]:
            within.append(name)
    if within[-1]:
        raise Rejected(f"<{within[-1]}> is not closed")
