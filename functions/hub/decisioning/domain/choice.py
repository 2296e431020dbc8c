"""One line of a receipt: what became of one verb of a matching rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)  # A frozen dataclass takes three times as long to construct.
class Choice:
    """The verb was executed, postponed or stopped.

    `made` is the id or value that the verb made. `waits` says until when it is postponed, in ISO
    8601. `gate` is the reason that stopped it. `subject` is what the verb is about: an offer, a
    template, a trait. `figures` are the factors of the ranking (see
    `hub.decisioning.domain.ranking`), by name."""

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
        """The JSON form, without the members that are empty."""
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
