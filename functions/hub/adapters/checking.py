"""All that the guard holds a single row against."""

from functools import partial

from hub.adapters.connectors import connectors
from hub.adapters.content import names_in
from hub.adapters.row_schemas import RowSchemas, declared_fields
from hub.domain.connector.naming import calling_problems
from hub.domain.errors import Rejected
from hub.domain.judging import Check, row_check


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
