"""One line of a receipt: what became of one verb of a matching rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)  # Frozen it takes three times as long to make.
class Choice:
    """Done (`made` names what came of it), put off (`waits` says until when), or stopped by a
    `gate`. `figures` say how it ranked (see `hub.decisioning.domain.ranking`)."""

    rule_id: str
    do: str
    subject: str
    made: str = ""
    gate: str = ""
    waits: str = ""
    channel: str = ""
    figures: Mapping[str, float] | None = None
    shadow: bool = False

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {"rule": self.rule_id, "do": self.do, "what": self.subject}
        if self.channel:
            data["channel"] = self.channel
        if self.made:
            data["made"] = self.made
        if self.waits:
            data["waits"] = self.waits
        if self.gate:
            data["gate"] = self.gate
        if self.figures:
            data |= self.figures
        if self.shadow:
            data["shadow"] = True
        return data
