"""The tables of the pages that mirror the code: which there are, which are stale."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tools.docs import command_line, decisions, intake, marketer_reference, stack
from tools.docs.markdown import fill_generated, list_generated, read_generated
from tools.setup_commands import ROOT

DOCS = ROOT / "docs"
REFRESH = "`make docs` writes it anew"
TABLES: Mapping[str, Callable[[], str]] = {
    "channels": marketer_reference.describe_channels,
    "commands": command_line.describe_commands,
    "command-options": command_line.describe_options,
    "common-options": command_line.describe_common_options,
    "connectors": intake.describe_connectors,
    "decisions": decisions.describe_decisions,
    "decision-record": intake.describe_decision_record,
    "event-record": intake.describe_event_record,
    "events": intake.describe_events,
    "gates": marketer_reference.describe_gates,
    "functions": marketer_reference.describe_functions,
    "lambda-functions": stack.describe_functions,
    "policies": marketer_reference.describe_policies,
    "scheme-coverage": intake.describe_scheme_coverage,
    "schemes": intake.describe_schemes,
    "settings": stack.describe_settings,
    "sources": intake.describe_sources,
    "verbs": marketer_reference.describe_verbs,
}
STACK_TABLES: Mapping[str, Callable[[stack.Template], str]] = {
    "outputs": stack.describe_outputs,
    "parameters": stack.describe_parameters,
}
"""These need the synthesised stack, which takes some seconds."""


def list_pages() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


def read_page(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def list_held() -> dict[str, Path]:
    """Table -> the page that holds it."""
    return {name: path for path in list_pages() for name in list_generated(read_page(path))}


def find_stale(tables: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each table that the pages have otherwise than `tables` has it."""
    held = list_held()
    for name in sorted(tables):
        path = held.get(name)
        if path is None:
            yield f"no page of docs/ holds the table {name!r}"
        elif read_generated(read_page(path))[name] != tables[name]:
            place = path.relative_to(ROOT)
            yield f"the table {name!r} in {place} no longer mirrors the code: {REFRESH}"


def make_tables() -> dict[str, str]:
    """Name -> table, of all that need no stack."""
    return {name: describe() for name, describe in TABLES.items()}


def make_stack_tables(template: stack.Template) -> dict[str, str]:
    return {name: describe(template) for name, describe in STACK_TABLES.items()}


def write_tables(tables: Mapping[str, str]) -> None:
    """Write each page whose tables have changed, and say so."""
    for path in list_pages():
        old = read_page(path)
        if (new := fill_generated(old, tables)) != old:
            path.write_text(new, encoding="utf-8")
            print(f"{path.relative_to(ROOT)} has new tables")
