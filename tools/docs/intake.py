"""Tables of what comes in and what is on the bus, from the files of `schemas/`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub.intake.domain.signature import SCHEMES
from hub.intake.domain.signature.scheme import Part
from tools.docs.markdown import code, code_list, to_table
from tools.setup_commands import ROOT

SCHEMAS = ROOT / "schemas"
_SUFFIX = ".schema.json"
_PARTS: tuple[Part, ...] = ("body", "time", "id", "address")


def describe_sources() -> str:
    """Each folder of `schemas/sources`: its title, its level of trust, how it sends, which events
    come of it."""
    rows = (
        (
            code(name),
            source["title"],
            _describe_trust(name, source),
            ", ".join(_ways_in(source)),
            code_list(_event_types(source)),
        )
        for name, source in _read_sources()
    )
    columns = ("source", "what it is", "trust", "how it comes in", "events")
    return to_table(columns, rows)


def _describe_trust(name: str, source: Mapping[str, Any]) -> str:
    """The level of the source, and those of its further keys."""
    keys = source.get("webhook", {}).get("keys", {})
    further = [f"with {code(f'{name}.{suffix}')}: {level}" for suffix, level in keys.items()]
    if "identity_token" in source.get("webhook", {}):
        further.append("with a token: vouched")
    return ", ".join([source["trust"], *further])


def describe_schemes() -> str:
    """Each signature scheme, the sources that use it and the module that verifies it."""
    used: dict[str, list[str]] = {scheme: [] for scheme in sorted(SCHEMES)}
    for name, source in _read_sources():
        if scheme := source.get("webhook", {}).get("scheme"):
            used[scheme].append(name)
    rows = (
        (code(scheme), code_list(sources), code(_module_path(SCHEMES[scheme].verify)))
        for scheme, sources in used.items()
    )
    return to_table(("`scheme`", "sources that use it", "module"), rows)


def describe_scheme_coverage() -> str:
    """What each signature scheme covers, and what a request that somebody captured is good for."""
    header = ("`scheme`", *_PARTS, "the secret", "a captured request, sent again")
    rows = (
        (
            code(name),
            *("yes" if part in scheme.covers else "" for part in _PARTS),
            scheme.secret,
            _describe_replay(scheme.covers),
        )
        for name, scheme in sorted(SCHEMES.items())
    )
    return to_table(header, rows)


def _describe_replay(covers: frozenset[Part]) -> str:
    if not covers:
        return "shows the secret: whoever has it can send anything"
    if "body" not in covers:
        return "is taken for five minutes, with any body"
    if "time" not in covers:
        return "is a repeat: by the id in the body, else by the body and its topic"
    return "is a repeat, and refused after five minutes"


def describe_connectors() -> str:
    """Each file of `schemas/connectors`: its title, what it serves and its operations."""
    rows = []
    for path in sorted((SCHEMAS / "connectors").glob("*.json")):
        connector = json.loads(path.read_bytes())
        serves = f"channel {code(connector['channel'])}" if "channel" in connector else "verbs"
        rows.append(
            (
                f"`{path.stem}`",
                f"[{connector['title']}]({connector['docs']})",
                serves,
                code_list(connector["operations"]),
                code(connector["mode"]),
            )
        )
    return to_table(("connector", "what it is", "serves", "operations", "`mode`"), rows)


def describe_events() -> str:
    """Each event type with a schema of its own: what happened, and its properties."""
    rows = (
        (code(schema["title"]), schema["description"], code_list(schema.get("properties", ())))
        for schema in map(_read, sorted((SCHEMAS / "events").glob(f"*{_SUFFIX}")))
        if "." in schema["title"]
    )
    return to_table(("event type", "what happened", "properties"), rows)


def describe_event_record() -> str:
    """The fields of an event on the bus."""
    return _describe_fields(_read(SCHEMAS / "events" / f"event{_SUFFIX}"))


def describe_decision_record() -> str:
    """The fields of a decision on the bus."""
    return _describe_fields(_read(SCHEMAS / f"decision{_SUFFIX}"))


def _describe_fields(schema: Any) -> str:
    required = schema["required"]
    rows = (
        (code(name), "yes" if name in required else "", field.get("description", ""))
        for name, field in schema["properties"].items()
    )
    return to_table(("field", "always there", "what it says"), rows)


def _read_sources() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted((SCHEMAS / "sources").glob("*/source.json")):
        yield path.parent.name, _read(path)


def _read(path: Any) -> Any:
    return json.loads(path.read_bytes())


def _ways_in(source: Mapping[str, Any]) -> Iterator[str]:
    webhook = source.get("webhook", {})
    if webhook:
        body = {"cloud-event": "CloudEvents", "tracking": "tracking API"}.get(webhook.get("body"))
        yield f"{body or 'webhook'} ({code(webhook['scheme'])})"
    files = source.get("file", [])
    formats = (form["format"] for form in (files if isinstance(files, list) else [files]))
    if listed := code_list(dict.fromkeys(formats)):
        yield f"file ({listed})"
    if "database" in source:
        yield "database"
    if "bus" in source:
        yield f"bus ({code(source['bus']['source'])})"


def _event_types(source: Mapping[str, Any]) -> list[str]:
    return sorted({entry["type"] for entry in source["types"].values()})


def _module_path(scheme: Any) -> str:
    return f"functions/{scheme.__module__.replace('.', '/')}.py"
