"""What a rule says of connectors, held against those there are."""

from collections.abc import Callable, Iterator

from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb
from hub.delivery.domain.connector.definition import Connector, Connectors
from hub.delivery.domain.connector.verb_fields import find_field_problems, is_liquid
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value

SyntaxCheck = Callable[[str], str | None]


def find_connector_problems(
    connectors: Connectors, check_syntax: SyntaxCheck, rule: Rule
) -> list[str]:
    """Unknown connectors, operations and fields, values that they do not take, broken Liquid."""
    return [
        f"then[{position}] {verb.do}: {problem}"
        for position, verb in enumerate(rule.then, start=1)
        if isinstance(verb, ConnectorVerb)
        for problem in _find_problems(connectors, check_syntax, verb)
    ]


def _find_problems(
    connectors: Connectors, check_syntax: SyntaxCheck, verb: ConnectorVerb
) -> Iterator[str]:
    name = verb.connector
    if name not in connectors:
        close = format_suggestion(find_nearest(name, connectors))
        yield f"there is no connector {quote_value(name)}{close}"
        return
    connector = connectors[name]
    if connector.channel:
        yield f"{name} is how the channel {connector.channel} is spoken on: send a template there"
        return
    yield from _find_consent_problems(connector, verb)
    operation = connector.find_operation(verb.operation or "")
    if operation is None:
        yield _describe_missing_operation(connector, verb)
        return
    given = verb.fields or {}
    yield from find_field_problems(operation.fields, given, others=operation.others)
    for field, text in given.items():
        if is_liquid(text) and (wrong := check_syntax(text)):
            yield f"fields.{field} {wrong}"


def _find_consent_problems(connector: Connector, verb: ConnectorVerb) -> Iterator[str]:
    """Whatever ends as a message to a person says on which channel, and for which purpose."""
    if connector.reaches != (verb.channel or ""):
        if connector.reaches:
            yield f"{connector.name} writes to people: channel {connector.reaches} is wanted"
        else:
            yield f"{connector.name} reaches nobody by {verb.channel}: leave channel out"
    elif connector.reaches and not verb.purpose:
        yield f"{connector.name} writes to people: purpose is wanted, marketing or service"


def _describe_missing_operation(connector: Connector, verb: ConnectorVerb) -> str:
    known = ", ".join(connector.operations)
    if not verb.operation:
        return f"operation is missing: {connector.name} has {known}"
    close = format_suggestion(find_nearest(verb.operation, connector.operations))
    return f"{connector.name} has no operation {quote_value(verb.operation)} ({known}){close}"
