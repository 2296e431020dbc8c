"""Warnings: rows that are valid but probably not what the marketer intended.

The publisher writes warnings on the row and publishes it all the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from hub.catalogue.domain.row_reader import Row
from hub.kernel.errors import explain_fault
from hub.publishing.domain.linting.catalogue_rows import ParsedRows, RowKey
from hub.publishing.domain.linting.dangling_references import find_dangling_references
from hub.publishing.domain.linting.dialogue_states import find_rule_warnings
from hub.publishing.domain.linting.match_rate import find_match_rate_warnings
from hub.publishing.domain.linting.unwinnable_offers import find_unwinnable_offers

FindWarnings = Callable[[ParsedRows], Iterator[tuple[RowKey, str]]]
_NONE: Mapping[str, str] = MappingProxyType({})


def lint(
    rows: Mapping[str, Mapping[str, Row]],
    match_rates: Mapping[str, Sequence[int]],
    now: datetime,
    unmeasured: Mapping[str, str] = _NONE,
) -> dict[RowKey, list[str]]:
    """Finds the warnings of a catalogue's rows, by table and key.

    `match_rates` is how many recorded events its rules match, and `unmeasured` why that could not
    be measured (see `hub.publishing.domain.linting.match_rate`). A row on which a check fails gets
    a warning that says so."""
    parsed_rows = ParsedRows.from_rows(rows)
    checks: list[FindWarnings] = [
        _find_rule_warnings,
        lambda parsed: _of_table(
            "rules", find_match_rate_warnings(parsed.rules, match_rates, unmeasured)
        ),
        lambda parsed: _of_table("offers", find_unwinnable_offers(parsed, now)),
        find_dangling_references,
    ]
    warnings: dict[RowKey, list[str]] = {}
    for find in checks:
        for row_key, warning in _run_check(find, parsed_rows):
            warnings.setdefault(row_key, []).append(warning)
    return warnings


def _find_rule_warnings(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    rules = [(rule, parsed_rows.audiences.get(key, "")) for key, rule in parsed_rows.rules.items()]
    return _of_table("rules", find_rule_warnings(rules))


def _of_table(table: str, warnings: Iterator[tuple[str, str]]) -> Iterator[tuple[RowKey, str]]:
    return (((table, key), warning) for key, warning in warnings)


def _run_check(find: FindWarnings, parsed_rows: ParsedRows) -> list[tuple[RowKey, str]]:
    """Runs one check. If it fails, it runs again without the rows on which it fails alone."""
    try:
        return list(find(parsed_rows))
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
        problem = explain_fault(error)
    row_keys = parsed_rows.list_keys()
    problems = {
        row_key: alone
        for row_key in row_keys
        if (alone := _find_fault(find, parsed_rows.limit_to([row_key])))
    }
    others = [row_key for row_key in row_keys if row_key not in problems] if problems else []
    problems = problems or dict.fromkeys(row_keys, problem)
    warnings = [(key, f"it was not checked for all warnings: {p}") for key, p in problems.items()]
    return warnings + (_run_check(find, parsed_rows.limit_to(others)) if others else [])


def _find_fault(find: FindWarnings, parsed_rows: ParsedRows) -> str:
    try:
        list(find(parsed_rows))
    except BaseException as error:  # noqa: BLE001 - as above
        return explain_fault(error)
    return ""
