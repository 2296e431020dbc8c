"""`notify`: sends what happened to another system."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySystem(ConnectorVerb):
    do: ClassVar[str] = "notify"
