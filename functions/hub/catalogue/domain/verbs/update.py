"""`update`: changes a record of another system."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSystem(ConnectorVerb):
    do: ClassVar[str] = "update"
