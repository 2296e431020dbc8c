"""All that the guard holds a single row against."""

from functools import partial

from hub.content.adapters.liquid_renderer import names_in
from hub.delivery.adapters.connector_files import connectors
from hub.delivery.domain.connector.rule_problems import calling_problems
from hub.kernel.errors import Rejected
from hub.publishing.adapters.row_json_schemas import RowSchemas, declared_fields
from hub.publishing.domain.row_validation import Check, row_check


def syntax_problem(text: str) -> str | None:
    """Why it is no Liquid, or None."""
    try:
        names_in(text)
    except Rejected as wrong:
        return wrong.reason
    return None


def checking() -> Check:
    calling = partial(calling_problems, connectors(), syntax_problem)
    return row_check(RowSchemas(), declared_fields(), calling)
