"""The problems of a rule with the connectors that it names."""

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
    """Finds unknown connectors, operations and fields, invalid values and invalid Liquid."""
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
        yield f"{name} serves the channel {connector.channel}: send a template on that channel"
        return
    yield from _find_consent_problems(connector, verb)
    operation = connector.find_operation(verb.operation or "")
    if operation is None:
        yield _describe_missing_operation(connector, verb)
        return
    fields = verb.fields or {}
    yield from find_field_problems(operation.fields, fields, others=operation.others)
    for field, text in fields.items():
        if is_liquid(text) and (problem := check_syntax(text)):
            yield f"fields.{field} {problem}"


def _find_consent_problems(connector: Connector, verb: ConnectorVerb) -> Iterator[str]:
    """A verb whose connector writes to people must name the channel and the purpose."""
    if connector.reaches != (verb.channel or ""):
        if connector.reaches:
            yield f"{connector.name} writes to people: channel {connector.reaches} is required"
        else:
            yield f"{connector.name} reaches nobody by {verb.channel}: leave channel out"
    elif connector.reaches and not verb.purpose:
        yield f"{connector.name} writes to people: purpose is required, marketing or service"


def _describe_missing_operation(connector: Connector, verb: ConnectorVerb) -> str:
    operations = ", ".join(connector.operations)
    if not verb.operation:
        return f"operation is missing: {connector.name} has {operations}"
    close = format_suggestion(find_nearest(verb.operation, connector.operations))
    return f"{connector.name} has no operation {quote_value(verb.operation)} ({operations}){close}"
