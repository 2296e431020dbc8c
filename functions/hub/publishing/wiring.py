"""All that the guard holds a single row against."""

from functools import partial

from hub.content.adapters.liquid_renderer import find_variables
from hub.delivery.adapters.connector_files import load_connectors
from hub.delivery.domain.connector.rule_problems import find_connector_problems
from hub.kernel.errors import Rejected
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.row_validation import RowCheck, make_row_check


def find_syntax_problem(text: str) -> str | None:
    """Why it is no Liquid, or None."""
    try:
        find_variables(text)
    except Rejected as wrong:
        return wrong.reason
    return None


def wire_row_check() -> RowCheck:
    calling = partial(find_connector_problems, load_connectors(), find_syntax_problem)
    return make_row_check(RowSchemas(), load_declared_fields(), calling)
