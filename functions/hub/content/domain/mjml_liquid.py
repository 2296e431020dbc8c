"""MJML with Liquid in it, made into HTML with the Liquid left as it is.

What makes the HTML takes its source apart as XML, which Liquid is not. So each mark is a word of
letters while that goes on; between components, where only components may stand, it goes into an
`mj-raw`, MJML's own way of handing something through. A snippet with a part `mjml` that is named
between components is put in before.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

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
    """A stretch of the source between two elements, and the element that it stands in."""

    start: int
    end: int
    within: str


def compile_mjml(source: str, snippets: Snippets, to_html: Callable[[str], str]) -> str:
    """`to_html` makes MJML without Liquid into HTML. Raises `Rejected` as that does, and where
    an element is none or Liquid stands where it cannot."""
    whole = _insert_snippets(source, snippets)
    word, marks = f"q{digest(whole, 10)}n", list[str]()

    def as_word(mark: re.Match[str]) -> str:
        marks.append(mark[0])
        return f"{word}{len(marks) - 1}q"

    worded = _MARK.sub(as_word, whole)
    words = re.compile(rf"{word}(\d+)q")
    html = to_html(_wrap_marks_in_raw(worded, words))
    if lost := set(range(len(marks))) - {int(n) for n in words.findall(html)}:
        raise Rejected(f"{marks[min(lost)]} stands where MJML has no use for it")
    return words.sub(lambda found: marks[int(found[1])], html)


def _insert_snippets(source: str, snippets: Snippets, depth: int = 0) -> str:
    """Where a snippet is named between components, its MJML."""
    if depth > MOST_NESTED:
        raise Rejected("its snippets name each other without end")
    places = list(_find_stretches(source))

    def put_in(found: re.Match[str]) -> str:
        mjml = snippets.get(found["name"], {}).get("mjml")
        between = any(p.start <= found.start() < p.end and p.within in _CONTAINERS for p in places)
        if not mjml or not between:
            return found[0]
        if found["rest"].strip():
            raise Rejected(f"snippet {found['name']} takes no words between components")
        return _insert_snippets(f"<{_WRAPPER}>{mjml}</{_WRAPPER}>", snippets, depth + 1)

    put = RENDER_TAG.sub(put_in, source)
    return put.removeprefix(f"<{_WRAPPER}>").removesuffix(f"</{_WRAPPER}>")


_WRAPPER = "mj-body"


def _wrap_marks_in_raw(worded: str, words: re.Pattern[str]) -> str:
    pieces, at = list[str](), 0
    for place in _find_stretches(worded):
        text = worded[place.start : place.end]
        line = worded.count("\n", 0, place.start) + 1
        if place.within in _HEAD_ELEMENTS and words.search(text):
            raise Rejected(f"line {line}: Liquid cannot stand in {place.within} itself")
        if place.within in _CONTAINERS:
            if said := words.sub("", _COMMENT.sub("", text)).strip():
                near = f"line {line}: {said[:30]!r} stands in {place.within} itself"
                raise Rejected(f"{near}: put it in an mj-text")
            pieces += [worded[at : place.start], words.sub(r"<mj-raw>\g<0></mj-raw>", text)]
            at = place.end
    return "".join([*pieces, worded[at:]])


def _find_stretches(source: str) -> Iterator[_Stretch]:
    within, at = [""], 0
    for tag in _TAG.finditer(_COMMENT.sub(lambda found: " " * len(found[0]), source)):
        yield _Stretch(at, tag.start(), within[-1])
        at, name = tag.end(), tag["name"]
        if name not in _ELEMENTS:
            line = source.count("\n", 0, tag.start()) + 1
            close = format_suggestion(find_nearest(name, _ELEMENTS))
            raise Rejected(f"line {line}: there is no element {name}{close}")
        if tag["end"]:
            if within[-1] != name:
                line = source.count("\n", 0, tag.start()) + 1
                open_one = f"{within[-1]} is open" if within[-1] else "nothing is open"
                raise Rejected(f"line {line}: </{name}> ends what was not begun: {open_one}")
            within.pop()
        elif not tag["lone"]:
            within.append(name)
    if within[-1]:
        raise Rejected(f"<{within[-1]}> is not ended")
