"""A loaded compiled catalogue decides as one that is compiled from a snapshot."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import compile_catalogue, load_compiled_catalogue
from hub.decisioning.domain.decide import decide
from hub.expression.domain import Scope
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.expression.domain.test_expression_law import EXPRESSIONS, scopes
from tests.factories import NOON, a_customer, an_event, later

LETTER = {
    "template_id": "letter",
    "purpose": "service",
    "email": {"en": {"subject": "Hello", "text": "Hello"}},
}
SEND = [{"do": "send", "channel": "email", "template": "letter"}]


def a_snapshot(*rules: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as the store returns it."""
    default = {"strategy": "s", "event": "page.viewed", "then": SEND, "status": "live"}
    rows = {f"r{at}": {"rule_id": f"r{at}", **default, **rule} for at, rule in enumerate(rules)}
    tables = {"rules": rows, "templates": {"letter": LETTER}}
    snapshot: dict[str, Any] = json.loads(json.dumps({"number": 7, "rows": tables}))
    return snapshot


def compile_and_load(snapshot: dict[str, Any]) -> Catalogue:
    catalogue = load_compiled_catalogue(compile_catalogue(snapshot))
    assert catalogue is not None
    return catalogue


@settings(max_examples=80, deadline=None)
@given(st.lists(EXPRESSIONS, max_size=5), scopes())
def test_both_catalogues_make_the_same_decisions(texts: list[str], scope: Scope) -> None:
    snapshot = a_snapshot(*({"when": text} for text in texts))
    decisions = [
        decide([scope.event], scope.customer, catalogue, NO_SURROUNDINGS, NOON, "seed")
        for catalogue in (Catalogue.from_snapshot(snapshot), compile_and_load(snapshot))
    ]
    assert decisions[0] == decisions[1]


def test_templates_and_unreadable_rows_are_part_of_it() -> None:
    catalogue = compile_and_load(a_snapshot({"when": "1 +"}, {}))
    assert catalogue.number == 7
    assert catalogue.get_template("letter").purpose == "service"
    assert catalogue.unreadable.keys() == {"rules/r0"}
    assert [rule.rule_id for rule in catalogue.rules_for("page.viewed")[:5]] == ["r1"]


def test_html_made_of_mjml_is_part_of_it() -> None:
    mail = {"en": {"subject": "x", "text": "x", "mjml": "<mjml></mjml>"}}
    snapshot = a_snapshot()
    snapshot["rows"]["templates"] = {"letter": {**LETTER, "email": mail}}
    snapshot["html"] = {"letter": {"en": "<p>made</p>"}}
    templates = compile_and_load(snapshot).templates
    assert templates["letter"].find_body("email", "en")["html"] == "<p>made</p>"
    assert templates == Catalogue.from_snapshot(snapshot).templates


def test_a_rule_out_of_its_time_does_not_match() -> None:
    late = {"starts": "2026-11-23"}
    catalogue = compile_and_load(a_snapshot(late, {"ends": "2026-11-21"}, {"status": "shadow"}))
    scope = Scope(an_event(), a_customer(), NOON)
    assert [rule.rule_id for rule in catalogue.find_matching_rules(scope)] == ["r2"]
    tomorrow = Scope(an_event(), a_customer(), later(days=1))
    assert [rule.rule_id for rule in catalogue.find_matching_rules(tomorrow)] == ["r0", "r2"]


@pytest.mark.parametrize("artifact", [b"", b"no artifact", b"{0", b"N", b"i\x01\x00\x00\x00"])
def test_other_bytes_are_not_loaded(artifact: bytes) -> None:
    assert load_compiled_catalogue(artifact) is None


def test_another_process_can_load_it(tmp_path: Any) -> None:
    """It does not depend on the memory of the process that compiled it."""
    snapshot = a_snapshot({"when": "lower(event.url) == 'x' or event.b != event.c"})
    (tmp_path / "a.bin").write_bytes(compile_catalogue(snapshot))
    script = (
        "import sys; from pathlib import Path; "
        "from hub.catalogue.domain.compiled_catalogue import load_compiled_catalogue;"
        "from hub.expression.domain import Scope; from tests.factories import *;"
        "catalogue = load_compiled_catalogue(Path(sys.argv[1]).read_bytes());"
        "event = an_event(properties={'url': 'X'});"
        "scope = Scope(event, a_customer(), NOON);"
        "print([r.rule_id for r in catalogue.find_matching_rules(scope)])"
    )
    completed = subprocess.run(  # noqa: S603 our own words only
        [sys.executable, "-c", script, str(tmp_path / "a.bin")],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert completed.stdout.strip() == "['r0']"
