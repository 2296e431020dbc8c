"""What a rule says of connectors, held against those there are."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.catalogue.domain.rule import Rule
from hub.delivery.domain.connector.definition import Connector, Connectors
from hub.delivery.domain.connector.verb_fields import field_problems, is_liquid
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted

CALLING = ("update", "notify")
SyntaxCheck = Callable[[str], str | None]


def calling_problems(connectors: Connectors, check_syntax: SyntaxCheck, rule: Rule) -> list[str]:
    """Unknown connectors, operations and fields, values that they do not take, broken Liquid."""
    return [
        f"then[{position}] {verb.do}: {problem}"
        for position, verb in enumerate(rule.then, start=1)
        if verb.do in CALLING
        for problem in _problems(connectors, check_syntax, verb.words)
    ]


def _problems(
    connectors: Connectors, check_syntax: SyntaxCheck, words: Mapping[str, Any]
) -> Iterator[str]:
    name = words["connector"]
    if name not in connectors:
        yield f"there is no connector {quoted(name)}{did_you_mean(nearest(name, connectors))}"
        return
    connector = connectors[name]
    if connector.channel:
        yield f"{name} is how the channel {connector.channel} is spoken on: send a template there"
        return
    yield from _consent_problems(connector, words)
    operation = connector.operation(words.get("operation", ""))
    if operation is None:
        yield _no_operation(connector, words)
        return
    given = words.get("fields", {})
    yield from field_problems(operation.fields, given, others=operation.others)
    for field, text in given.items():
        if is_liquid(text) and (wrong := check_syntax(text)):
            yield f"fields.{field} {wrong}"


def _consent_problems(connector: Connector, words: Mapping[str, Any]) -> Iterator[str]:
    """Whatever ends as a message to a person says on which channel, and for which purpose."""
    if connector.reaches != words.get("channel", ""):
        if connector.reaches:
            yield f"{connector.name} writes to people: channel {connector.reaches} is wanted"
        else:
            yield f"{connector.name} reaches nobody by {words['channel']}: leave channel out"
    elif connector.reaches and "purpose" not in words:
        yield f"{connector.name} writes to people: purpose is wanted, marketing or service"


def _no_operation(connector: Connector, words: Mapping[str, Any]) -> str:
    known = ", ".join(connector.operations)
    if "operation" not in words:
        return f"operation is missing: {connector.name} has {known}"
    close = did_you_mean(nearest(words["operation"], connector.operations))
    return f"{connector.name} has no operation {quoted(words['operation'])} ({known}){close}"
