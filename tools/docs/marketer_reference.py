"""Tables of what marketers write: functions of conditions, verbs, kinds of policy, channels."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from hub.contact_policy.domain.gates import GATES, AskedAt
from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import Function
from hub.expression.domain.functions import FUNCTIONS
from hub.model.channels import CHANNELS, Channel
from tools.docs.markdown import code, code_list, read_first_sentences, to_slug, to_table
from tools.setup_commands import ROOT

MARKETERS = ROOT / "docs" / "marketers"
_OF_EVERY_POLICY = {"policy_id", "kind", "status", "edited_by", "note"}


def describe_functions() -> str:
    """Each function that a condition may call, as its own docstring says what it gives."""
    rows = (
        (code(_signature(name, function)), function.gives.kind.value, _docstring(function))
        for name, function in FUNCTIONS.items()
    )
    return to_table(("function", "gives", "what"), rows)


def _signature(name: str, function: Function) -> str:
    """`count('event.type', days=n, hours=n)`: the arguments are called as in the code."""
    parameters = [*inspect.signature(function.call).parameters.values()]
    names = [p.name for p in parameters[len(function.root_arguments) :] if p.kind != p.KEYWORD_ONLY]
    names += names[-1:] * (len(function.takes) - len(names))
    arguments = map(_argument, function.takes, names)
    more = ["..."] if function.max_extra_arguments else []
    options = [f"{option}=n" for option in function.options]
    return f"{name}({', '.join([*arguments, *more, *options])})"


def _argument(kind: FieldKind | None, name: str) -> str:
    if kind is None:
        return "'event.type'"
    return "date" if kind is FieldKind.MOMENT else name


def _docstring(function: Function) -> str:
    text = inspect.getdoc(function.call)
    if not text:
        raise ValueError(f"{function.call.__name__} has no docstring, which the table would quote")
    return text.split("\n\n")[0]


def describe_verbs() -> str:
    """Each verb with its words from `rules.schema.json` and its sentence from its section."""
    schema = _read_schema("rules")["$defs"]["verb"]
    rows = (
        (name, *_words(words, {"do"}))
        for name, words in _branches(schema, "do")
        if name in schema["properties"]["do"]["enum"]
    )
    return _linked_table("verbs.md", ("`do`", "required", "optional", "what it does"), rows)


def describe_policies() -> str:
    """Each kind with its attributes from `policies.schema.json` and its section's sentence."""
    rows = (
        (name, *_words(words, _OF_EVERY_POLICY))
        for name, words in _branches(_read_schema("policies"), "kind")
    )
    return _linked_table("policies.md", ("`kind`", "required", "optional", "what it does"), rows)


def describe_gates() -> str:
    """Each gate, when the hub asks it, and why not at all times."""
    rows = (
        (
            gate.asks,
            "marketing" if gate.is_marketing else "all",
            *("yes" if at in gate.at else "" for at in AskedAt),
            gate.reason,
        )
        for gate in GATES
    )
    return to_table(("gate", "binds", *(at.value for at in AskedAt), "why not always"), rows)


def _read_schema(table: str) -> Any:
    return json.loads((ROOT / "schemas" / "catalogue" / f"{table}.schema.json").read_bytes())


def _branches(schema: Any, word: str) -> Iterator[tuple[str, Any]]:
    """`send` and what its rows must look like, of every value that the schema tells apart."""
    for branch in schema["allOf"]:
        value = branch["if"]["properties"][word]
        for name in value.get("enum", [value.get("const")]):
            yield name, branch["then"]


def _words(schema: Any, known: set[str]) -> tuple[str, str]:
    """The words that are required, one of several joined by `or`, and the others."""
    required = schema.get("required", [])
    either = [name for choice in schema.get("oneOf", ()) for name in choice["required"]]
    others = [n for n in schema["properties"] if n not in known | {*required, *either}]
    wanted = [*map(code, required), *([" or ".join(map(code, either))] if either else [])]
    return ", ".join(wanted), code_list(others)


def _linked_table(page: str, header: tuple[str, ...], rows: Iterator[tuple[str, str, str]]) -> str:
    """Each name links to its section of the page and has that section's first sentence.

    Raises `ValueError` for a name without a section.
    """
    sections = read_first_sentences((MARKETERS / page).read_text(encoding="utf-8"))

    def link(name: str) -> tuple[str, str]:
        for heading, sentence in sections.items():
            if name in heading.split():
                return f"[`{name}`](#{to_slug(heading)})", sentence
        raise ValueError(f"docs/marketers/{page} has no section '## {name}'")

    linked = ((link(name), required, optional) for name, required, optional in rows)
    return to_table(header, ((name, req, opt, says) for (name, says), req, opt in linked))


def describe_channels() -> str:
    """Each channel, where its address is, and what a template has for it."""
    rows = (
        (
            code(name),
            _address(channel),
            code_list(part.name for part in channel.parts),
            _use(channel),
        )
        for name, channel in CHANNELS.items()
    )
    return to_table(("channel", "address", "parts of a template", "who uses it"), rows)


def _address(channel: Channel) -> str:
    address = channel.address
    return code(f"customer.{address.block}.{address.field}") if address else "none"


def _use(channel: Channel) -> str:
    if channel.is_inbound:
        return "offers that a page or an agent asks for"
    return (
        "the verbs `send` and `offer`" if channel.takes_messages else "the verbs `call` and `offer`"
    )
