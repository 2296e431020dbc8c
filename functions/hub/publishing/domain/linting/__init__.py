"""Warnings about rows that are well formed and yet, it seems, not what was meant.

They are written on the row and never keep it from being published.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from hub.catalogue.domain.row_reader import Row
from hub.publishing.domain.linting.catalogue_rows import Place, Score
from hub.publishing.domain.linting.dangling_references import naming_warnings
from hub.publishing.domain.linting.dialogue_states import rule_warnings
from hub.publishing.domain.linting.match_rate import everybody_warnings
from hub.publishing.domain.linting.unwinnable_offers import winning_warnings


def lint(
    rows: Mapping[str, Mapping[str, Row]], reach: Mapping[str, Sequence[int]], now: datetime
) -> dict[Place, list[str]]:
    """The warnings of each row that has any, by table and key. `rows` are those of a catalogue,
    `reach` is whom its rules were found to match (see
    `hub.publishing.domain.linting.match_rate`)."""
    found: dict[Place, list[str]] = {}
    for place, warning in _warnings(Score.of(rows), reach, now):
        found.setdefault(place, []).append(warning)
    return found


def _warnings(
    score: Score, reach: Mapping[str, Sequence[int]], now: datetime
) -> Iterator[tuple[Place, str]]:
    rules = [(rule, score.audiences.get(key, "")) for key, rule in score.rules.items()]
    for key, warning in rule_warnings(rules):
        yield ("rules", key), warning
    for key, warning in everybody_warnings(score.rules, reach):
        yield ("rules", key), warning
    for key, warning in winning_warnings(score, now):
        yield ("offers", key), warning
    yield from naming_warnings(score)
