"""`emit`: the customer gets another event at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.verb import Verb, VerbWords
from hub.catalogue.domain.verbs.words import NEW_EVENT_TYPE, PROPERTIES
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import quote_value
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EmitEvent(Verb):
    """The event has the properties of its cause and, over them, `properties`."""

    do: ClassVar[str] = "emit"
    words: ClassVar[VerbWords] = VerbWords(
        required={"event": NEW_EVENT_TYPE}, optional={"properties": PROPERTIES}
    )

    event: str
    properties: JsonObject | None = None

    def leads_to(self) -> tuple[str, ...]:
        return (self.event,)

    def find_field_conflicts(self, fields: FieldTypes) -> Iterator[str]:
        """Yields a problem for each property that the schema of the event does not allow."""
        declared = fields.for_event(self.event).properties
        for name, value in (self.properties or {}).items():
            member = declared.member(name)
            if member and not member.can_hold(value):
                allowed = " or ".join(map(repr, member.values)) or member.kind
                yield (
                    f"properties.{name} is {quote_value(value)}: {self.event} has {allowed} there"
                )
