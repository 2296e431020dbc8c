"""Warnings: rows that are valid but probably not what the marketer intended.

The publisher writes warnings on the row and publishes it all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from hub.catalogue.domain.row_reader import Row
from hub.publishing.domain.linting.catalogue_rows import ParsedRows, RowKey
from hub.publishing.domain.linting.dangling_references import find_dangling_references
from hub.publishing.domain.linting.dialogue_states import find_rule_warnings
from hub.publishing.domain.linting.match_rate import find_match_rate_warnings
from hub.publishing.domain.linting.unwinnable_offers import find_unwinnable_offers


def lint(
    rows: Mapping[str, Mapping[str, Row]], match_rates: Mapping[str, Sequence[int]], now: datetime
) -> dict[RowKey, list[str]]:
    """Finds the warnings of a catalogue's rows, by table and key.

    `match_rates` is how many recorded events its rules match (see
    `hub.publishing.domain.linting.match_rate`)."""
    warnings: dict[RowKey, list[str]] = {}
    for row_key, warning in _find_warnings(ParsedRows.from_rows(rows), match_rates, now):
        warnings.setdefault(row_key, []).append(warning)
    return warnings


def _find_warnings(
    parsed_rows: ParsedRows, match_rates: Mapping[str, Sequence[int]], now: datetime
) -> Iterator[tuple[RowKey, str]]:
    rules = [(rule, parsed_rows.audiences.get(key, "")) for key, rule in parsed_rows.rules.items()]
    for key, warning in find_rule_warnings(rules):
        yield ("rules", key), warning
    for key, warning in find_match_rate_warnings(parsed_rows.rules, match_rates):
        yield ("rules", key), warning
    for key, warning in find_unwinnable_offers(parsed_rows, now):
        yield ("offers", key), warning
    yield from find_dangling_references(parsed_rows)
