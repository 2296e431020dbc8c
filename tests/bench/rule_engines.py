"""The hub's matching and that of others, behind one face: a case in, the matching rules out.

Each is built in the way its own documentation recommends for many rules: everything that can be
prepared is prepared before the clock starts.
"""

import json
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.expression.domain import compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.expression.domain.parse import parse
from tests.bench.rule_sets import Band, Case, snapshot
from tests.expression_interpreter import holds

Engine = Callable[[Case], list[int]]


def interpreter(bands: list[Band]) -> Engine:
    trees = [parse(band.when()) for band in bands]
    return lambda case: [n for n, tree in enumerate(trees) if holds(tree, case.scope)]


def hub(bands: list[Band]) -> Engine:
    catalogue = Catalogue.from_snapshot(snapshot(bands))
    number = {name: n for n, name in enumerate(snapshot(bands)["rows"]["rules"])}
    return lambda case: [number[rule.rule_id] for rule in catalogue.find_matching_rules(case.scope)]


def naive_loop(bands: list[Band]) -> Engine:
    """The hub's own compiled conditions, one after the other."""
    rules = [compile_expression(band.when(), FieldTypes()) for band in bands]
    return lambda case: [n for n, rule in enumerate(rules) if rule.matches(case.scope)]


def zen_array(bands: list[Band]) -> Engine:
    """All conditions as one array in one compiled expression."""
    source = ", ".join(band.when() for band in bands)
    expression = import_module("zen").compile_expression(f"[{source}]")
    return lambda case: [n for n, held in enumerate(expression.evaluate(case.data)) if held]


def zen_table(bands: list[Band]) -> Engine:
    """A decision table that collects all hits."""
    decision = import_module("zen").ZenEngine().create_decision(json.dumps(_decision(bands)))
    return lambda case: [hit["rule"] for hit in decision.evaluate(case.data)["result"]]


def cel(bands: list[Band]) -> Engine:
    module = import_module("cel_expr_python.cel")
    kinds = {"customer": module.Type.DYN, "event": module.Type.DYN}
    env = module.NewEnv(variables=kinds)
    rules = [env.compile(band.when().replace(" and ", " && ")) for band in bands]

    def matching(case: Case) -> list[int]:
        activation = env.Activation(case.data)
        return [n for n, rule in enumerate(rules) if rule.eval(activation).value()]

    return matching


def json_logic(bands: list[Band]) -> Engine:
    logic = import_module("json_logic").jsonLogic
    rules = [_logic(band) for band in bands]
    return lambda case: [n for n, rule in enumerate(rules) if logic(rule, case.data)]


def rule_engine(bands: list[Band]) -> Engine:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of one of its own libraries
        make = import_module("rule_engine").Rule
    rules = [make(_bracketed(band)) for band in bands]
    return lambda case: [n for n, rule in enumerate(rules) if rule.matches(case.data)]


PEERS: Mapping[str, Callable[[list[Band]], Engine]] = {
    "naive_loop": naive_loop,
    "zen_array": zen_array,
    "zen_table": zen_table,
    "cel": cel,
    "json_logic": json_logic,
    "rule_engine": rule_engine,
}


def _bracketed(band: Band) -> str:
    """As rule-engine wants fields of a mapping."""
    fields = {
        "customer.loyalty.tier": "customer['loyalty']['tier']",
        "event.total": "event['total']",
    }
    text = band.when()
    for ours, theirs in fields.items():
        text = text.replace(ours, theirs)
    return text


def _logic(band: Band) -> dict[str, Any]:
    tier, total = {"var": "customer.loyalty.tier"}, {"var": "event.total"}
    clauses = [
        {"==": [tier, band.tier]},
        {">=": [total, band.low]},
        {"<": [total, band.high]},
    ]
    return {"and": clauses}


def _decision(bands: list[Band]) -> dict[str, Any]:
    inputs = [
        {"id": "tier", "name": "tier", "field": "customer.loyalty.tier"},
        {"id": "total", "name": "total", "field": "event.total"},
    ]
    rules = [
        {
            "_id": f"r{n}",
            "tier": f"'{band.tier}'",
            "total": f"[{band.low}..{band.high})",
            "rule": str(n),
        }
        for n, band in enumerate(bands)
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    ways = (("in", "table"), ("table", "out"))
    edges = [
        {"id": f"{one}-{two}", "sourceId": one, "targetId": two, "type": "edge"}
        for one, two in ways
    ]
    return {"nodes": nodes, "edges": edges}
