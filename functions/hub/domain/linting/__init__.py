"""Warnings about rows that are well formed and yet, it seems, not what was meant.

They are written on the row and never keep it from being published.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from hub.domain.linting.dialogues import rule_warnings
from hub.domain.linting.everybody import everybody_warnings
from hub.domain.linting.naming import naming_warnings
from hub.domain.linting.score import Place, Score
from hub.domain.linting.winning import winning_warnings
from hub.domain.rows import Row


def lint(
    rows: Mapping[str, Mapping[str, Row]], reach: Mapping[str, Sequence[int]], now: datetime
) -> dict[Place, list[str]]:
    """The warnings of each row that has any, by table and key. `rows` are those of a catalogue,
    `reach` is whom its rules were found to match (see `hub.domain.linting.everybody`)."""
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
