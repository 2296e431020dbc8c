"""Builds the publisher's check of a single row."""

from contextlib import suppress
from functools import cache, partial

from hub.content.adapters.liquid_renderer import LiquidRenderer, find_variables
from hub.content.domain.render_budget import OverBudget
from hub.content.domain.sample_customers import build_full_customer, build_sample_event
from hub.delivery.adapters.connector_files import load_connectors
from hub.delivery.domain.connector.rule_problems import find_connector_problems
from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.row_validation import RowCheck, make_row_check


def find_syntax_problem(text: str) -> str | None:
    """Finds why a text is not valid Liquid, or is over its budget for a customer with all fields;
    None if it is right."""
    try:
        find_variables(text)
    except Rejected as rejected:
        return rejected.reason
    with suppress(Rejected):  # what else is wrong of this customer need not be of others
        try:
            LiquidRenderer().render({"text": text}, _build_sample_scope())
        except OverBudget as error:
            return error.reason
    return None


@cache
def _build_sample_scope() -> JsonObject:
    event = build_sample_event(load_declared_fields())
    return {"customer": build_full_customer("en").to_dict(), "event": event}


def wire_row_check() -> RowCheck:
    """Builds the check with the schemas, the declared fields and the connectors of the files."""
    check_calls = partial(find_connector_problems, load_connectors(), find_syntax_problem)
    return make_row_check(RowSchemas(), load_declared_fields(), check_calls)
