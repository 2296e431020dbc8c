"""JSON as the schemas are written: what fits into a line stands in one, names of a list fill lines.

`json.dumps` knows no such layout, and a change of one name would change every line.
"""

import json
from typing import Any

WIDTH = 100


def format_json(value: Any, before: str) -> str:
    """The text of a file. One that was `before` written with an indent everywhere stays so."""
    if before == _indent(json.loads(before)):
        return _indent(value)
    return _format(value, lead="", tail=0, broken=True) + "\n"


def _indent(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _format(value: Any, *, lead: str, tail: int, broken: bool = False) -> str:
    """`lead` is what stands before it in its line, `tail` how many characters follow."""
    line = _in_one_line(value)
    if not isinstance(value, dict | list) or not (broken or len(lead) + len(line) + tail > WIDTH):
        return line
    margin = " " * (len(lead) - len(lead.lstrip()))
    inner = f"{margin}  "
    if isinstance(value, dict):
        entries = [(f"{inner}{_quote(name)}: ", entry) for name, entry in value.items()]
        return "{\n" + _join(entries) + f"\n{margin}}}"
    if any(isinstance(entry, dict | list) for entry in value):
        return "[\n" + _join([(inner, entry) for entry in value]) + f"\n{margin}]"
    return "[\n" + _fill([_quote(entry) for entry in value], inner) + f"\n{margin}]"


def _join(entries: list[tuple[str, Any]]) -> str:
    """Each entry on lines of its own."""
    last = len(entries) - 1
    return ",\n".join(
        lead + _format(entry, lead=lead, tail=int(place < last))
        for place, (lead, entry) in enumerate(entries)
    )


def _fill(texts: list[str], margin: str) -> str:
    """As many to a line as fit."""
    *firsts, last = texts
    lines = [margin]
    for text in (*(f"{each}," for each in firsts), last):
        if lines[-1] == margin:
            lines[-1] += text
        elif len(f"{lines[-1]} {text}") <= WIDTH:
            lines[-1] += f" {text}"
        else:
            lines.append(margin + text)
    return "\n".join(lines)


def _in_one_line(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_quote(k)}: {_in_one_line(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_in_one_line, value))}]"
    return _quote(value)


def _quote(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
