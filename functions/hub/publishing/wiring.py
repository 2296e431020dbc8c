"""Builds the publisher's check of a single row."""

from functools import partial

from hub.content.adapters.liquid_renderer import find_variables
from hub.delivery.adapters.connector_files import load_connectors
from hub.delivery.domain.connector.rule_problems import find_connector_problems
from hub.kernel.errors import Rejected
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.row_validation import RowCheck, make_row_check


def find_syntax_problem(text: str) -> str | None:
    """Finds why a text is not valid Liquid; None if it is."""
    try:
        find_variables(text)
    except Rejected as rejected:
        return rejected.reason
    return None


def wire_row_check() -> RowCheck:
    """Builds the check with the schemas, the declared fields and the connectors of the files."""
    check_calls = partial(find_connector_problems, load_connectors(), find_syntax_problem)
    return make_row_check(RowSchemas(), load_declared_fields(), check_calls)
